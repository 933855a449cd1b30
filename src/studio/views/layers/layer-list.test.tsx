import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { TensorSpec } from '../../../core/tensor-spec'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { withOverrides } from '../../../techniques/overrides'
import { defaultRecipe } from '../../../techniques/recipe'
import { startRecipe } from '../../store/recipe-history'
import { useStudio } from '../../store/store'
import { layerReport, modelSummary, weightsEvent } from '../../../../testing/studio/test-data'
import { LayerList } from './layer-list'

const { focusLayers, setOutputAxis, useRecipe } = vi.hoisted(() => ({
  setOutputAxis: vi.fn(),
  focusLayers: vi.fn(),
  useRecipe: vi.fn(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: {
    ...{ focusLayers, setOutputAxis, useRecipe, findGroups: vi.fn() },
  } satisfies Partial<Commands>,
}))

const [dense] = modelSummary().layers
if (dense === undefined) throw new Error('no layer')
const layers = [
  { ...dense, name: 'small', parameters: 10, storedBytes: 40, macs: 900 },
  { ...dense, name: 'large', parameters: 90, storedBytes: 360, macs: 90 },
  { ...dense, name: 'flat', className: 'Flatten', parameters: 0, storedBytes: 0, macs: 0 },
]

const names = (): string[] =>
  within(screen.getByRole('list'))
    .getAllByRole('button', { pressed: false })
    .map((row) => row.firstElementChild?.textContent ?? '')

beforeEach(() => {
  focusLayers.mockReset()
  useRecipe.mockReset()
  useStudio.setState(useStudio.getInitialState(), true)
  const totals = { parameters: 100, storedBytes: 400, float32Bytes: 400, macs: 990, zeros: 0 }
  useStudio.getState().replaceModel(modelSummary({ layers, totals }))
  startRecipe(useStudio, defaultRecipe)
})

describe('the list of layers', () => {
  it('shows each layer with its class, shape, bytes and share, and the totals', () => {
    renderInProviders(<LayerList />)
    expect(names()).toEqual(['small', 'large'])
    expect(screen.getByText(/100 parameters, 400\sB stored, 990 MACs/)).toBeDefined()
    expect(screen.getByText('90 %')).toBeDefined()
    expect(screen.getAllByText('Dense · 2')).toHaveLength(2)
  })

  it('shows along which axis outputs lie where names alone tell it, and has that put right', async () => {
    const user = userEvent.setup()
    const spec: TensorSpec = {
      ...({ name: 'up.weight', shape: [6, 6, 2, 2], dtype: 'float32', role: 'kernel' } as const),
      ...({ layerName: 'small', layerKind: 'convolution' } as const),
      channel: { count: 6, inner: 24 },
    }
    const tensor = { spec, elements: 144, storedBytes: 576, storedAs: 'float32', zeros: 0 } as const
    const own = layers.map((layer) => ({ ...layer, tensors: [tensor] }))
    const run = { code: 'open/weights-alone', params: { file: 'net.pth' } } as const
    const summary = modelSummary({ layers: own })
    useStudio.getState().replaceModel(summary)
    useStudio.getState().setFocus(['small'])
    const { unmount } = renderInProviders(<LayerList />)
    expect(screen.queryByRole('combobox', { name: /^Outputs of/ })).toBeNull()
    unmount()
    useStudio.getState().replaceModel({ ...summary, obstacles: { ...summary.obstacles, run } })
    useStudio.getState().setFocus(['small'])
    renderInProviders(<LayerList />)
    const choice = screen.getByRole<HTMLSelectElement>('combobox', {
      name: /^Outputs of up\.weight/,
    })
    expect(choice.selectedOptions[0]?.textContent).toBe('axis 1: 6')
    await user.selectOptions(choice, 'axis 2: 6')
    expect(setOutputAxis).toHaveBeenCalledWith('up.weight', 1)
  })

  it('marks layers of which nothing is known', () => {
    const opaque = layers.map((layer) => ({ ...layer, opaque: layer.name === 'small' }))
    const totals = { ...modelSummary().totals, macs: null }
    useStudio.getState().replaceModel(modelSummary({ layers: opaque, totals }))
    renderInProviders(<LayerList />)
    expect(screen.getByText('10 parameters, 40 B stored, MACs not known')).toBeTruthy()
    expect(screen.getByText('meaning not known').closest('button')?.textContent).toContain('small')
  })

  it('shows layers without weights when asked', async () => {
    renderInProviders(<LayerList />)
    await userEvent.click(screen.getByRole('switch', { name: /Show all 3 layers/ }))
    expect(names()).toEqual(['small', 'large', 'flat'])
  })

  it('draws of 400 layers those in view, in the order that is chosen, and finds any of them', async () => {
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(74)
    const many = Array.from({ length: 400 }, (_, index) => ({
      ...dense,
      name: `layer${index}`,
      storedBytes: index,
    }))
    useStudio.getState().replaceModel(modelSummary({ layers: many }))
    renderInProviders(<LayerList />)
    const [first] = await screen.findAllByRole('button', { pressed: false })
    expect(first?.textContent).toContain('layer0')
    expect(names().length).toBeLessThan(40)
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Order of layers' }),
      'bytes',
    )
    expect(names()[0]).toBe('layer399')
    await userEvent.type(screen.getByRole('textbox', { name: /Filter/ }), 'layer250')
    expect(names()).toEqual(['layer250'])
    vi.restoreAllMocks()
  })

  it('leaves out what nearly all names begin with, but for the ear and the filter', async () => {
    const folder = 'StatefulPartitionedCall/net/'
    const many = Array.from({ length: 9 }, (_, index) => ({ ...dense, name: `${folder}d${index}` }))
    useStudio.getState().replaceModel(modelSummary({ layers: many }))
    renderInProviders(<LayerList />)
    const row = screen.getByRole('button', { name: /^StatefulPartitionedCall\/net\/ ?d3/ })
    expect(within(row).getByTitle(`${folder}d3`).lastChild?.textContent).toBe('d3')
    await userEvent.type(screen.getByRole('textbox', { name: /Filter/ }), 'net/d3')
    expect(names()).toEqual([`${folder}d3`])
  })

  it('sorts by bytes and by work', async () => {
    renderInProviders(<LayerList />)
    const order = screen.getByRole('combobox', { name: 'Order of layers' })
    await userEvent.selectOptions(order, 'Largest first')
    expect(names()).toEqual(['large', 'small'])
    await userEvent.selectOptions(order, 'Most MACs first')
    expect(names()).toEqual(['small', 'large'])
  })

  it('gives the sparsity and the error of the settings as they are', () => {
    const preview = layerReport({ name: 'small', weights: 10, zeros: 4, sqnrDb: 21.34 })
    useStudio.getState().showWeights(weightsEvent({ layers: [preview] }), {
      recipe: defaultRecipe,
      focus: [],
      mode: 'settled',
    })
    renderInProviders(<LayerList />)
    expect(screen.getByText('40.0 %')).toBeDefined()
    expect(screen.getByText(/21\.3/)).toBeDefined()
  })

  it('narrows to a layer by the keyboard, and back', async () => {
    renderInProviders(<LayerList />)
    screen.getByRole('button', { name: /^large/ }).focus()
    await userEvent.keyboard('{Enter}')
    expect(focusLayers).toHaveBeenLastCalledWith(['large'])
  })

  it('chooses several by their boxes and by kind, and finds by name', async () => {
    useStudio.getState().setFocus(['small'])
    renderInProviders(<LayerList />)
    await userEvent.click(screen.getByRole('checkbox', { name: /Choose large/ }))
    expect(focusLayers).toHaveBeenLastCalledWith(['small', 'large'])
    await userEvent.click(screen.getByRole('button', { name: /1 of 2 layers selected/ }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Fully connected (2)' }))
    expect(focusLayers).toHaveBeenLastCalledWith(['small', 'large'])
  })

  it('filters long models by name, and says when nothing is found', async () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...dense, name: `layer-${index}` }))
    useStudio.getState().replaceModel(modelSummary({ layers: many }))
    renderInProviders(<LayerList />)
    const filter = screen.getByRole('textbox', { name: 'Filter by name or kind' })
    await userEvent.type(filter, 'ER-3')
    expect(names()).toEqual(['layer-3'])
    await userEvent.type(filter, 'x')
    expect(screen.getByText('No layer matches.')).toBeDefined()
  })
})

describe('exceptions of layers', () => {
  const on = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4 } })

  it('gives the chosen layers bits of their own, and takes them back', async () => {
    startRecipe(useStudio, on)
    useStudio.getState().setFocus(['large'])
    renderInProviders(<LayerList />)
    const fields = screen.getByRole('group', { name: 'Only for large' })
    await userEvent.selectOptions(within(fields).getByRole('combobox', { name: 'Bits' }), '8')
    expect(useRecipe).toHaveBeenLastCalledWith(
      withOverrides(on, 'quantize', ['large'], { bits: 8 }),
    )
    startRecipe(useStudio, withOverrides(on, 'quantize', ['large'], { bits: 8 }))
    await userEvent.click(await within(fields).findByRole('button', { name: 'Reset' }))
    expect(useRecipe).toHaveBeenLastCalledWith(on)
  })

  it('shows where several layers differ, and keeps the first and the last in 8 bits', async () => {
    startRecipe(useStudio, withOverrides(on, 'quantize', ['large'], { enabled: false }))
    useStudio.getState().setFocus(['small', 'large'])
    renderInProviders(<LayerList />)
    const fields = screen.getByRole('group', { name: 'Only for 2 layers' })
    const quantize = within(fields).getByRole('combobox', { name: 'Quantize' })
    expect((quantize as HTMLSelectElement).selectedOptions[0]?.textContent).toBe('different')
    await userEvent.click(screen.getByRole('button', { name: 'First and last layer in 8 bits' }))
    const { recipe } = useStudio.getState()
    expect(useRecipe).toHaveBeenLastCalledWith(
      withOverrides(recipe, 'quantize', ['small', 'large'], { bits: 8 }),
    )
    expect(screen.getByText('own settings')).toBeDefined()
  })

  it('are not offered where no step is on', () => {
    useStudio.getState().setFocus(['large'])
    renderInProviders(<LayerList />)
    expect(screen.queryByRole('group', { name: /Exceptions/ })).toBeNull()
  })
})
