import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../scripts/testing/render-in-providers'
import { defaultRecipe } from '../../techniques/recipe'
import { startRecipe } from '../store/recipe-history'
import { useStudio } from '../store/store'
import { layerPreview, modelSummary, weightsEvent } from '../test-data'
import { LayerList } from './layer-list'

const { focusLayer } = vi.hoisted(() => ({ focusLayer: vi.fn() }))
vi.mock('../studio-commands', () => ({ commands: { focusLayer } }))

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
  focusLayer.mockReset()
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

  it('shows layers without weights when asked', async () => {
    renderInProviders(<LayerList />)
    await userEvent.click(screen.getByRole('switch', { name: /Show all 3 layers/ }))
    expect(names()).toEqual(['small', 'large', 'flat'])
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
    const preview = layerPreview({ name: 'small', weights: 10, zeros: 4, sqnrDb: 21.34 })
    useStudio.getState().showWeights(weightsEvent({ layers: [preview] }), {
      recipe: defaultRecipe,
      focusLayer: null,
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
    expect(focusLayer).toHaveBeenLastCalledWith('large')
  })
})
