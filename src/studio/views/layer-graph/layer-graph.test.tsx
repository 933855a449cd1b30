import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { layerReport, modelSummary } from '../../../../testing/studio/test-data'
import { sensitivityTable } from '../../../../testing/studio/sensitivity-table'
import { placeLayers } from '../../../layout/place-layers'
import { useStudio } from '../../store/store'
import type * as layingOut from './lay-out'
import { LayerGraph } from './layer-graph'

const { layOut } = vi.hoisted(() => ({ layOut: vi.fn() }))
vi.mock('./lay-out', () => ({ layOut }) satisfies Partial<typeof layingOut>)

const [dense] = modelSummary().layers
if (dense === undefined) throw new Error('no layer')
const silent = { ...dense, parameters: 0, storedBytes: 0 }
/** A residual block between two layers. */
const layers = [
  { ...silent, name: 'image', className: 'InputLayer' },
  { ...dense, name: 'stem', inputs: ['image'], storedBytes: 40 },
  { ...dense, name: 'left', inputs: ['stem'], storedBytes: 25_000 },
  { ...dense, name: 'right', inputs: ['stem'], storedBytes: 2_000 },
  { ...silent, name: 'sum', className: 'Add', inputs: ['left', 'right'] },
]
const withRest = layers.map((layer) => ({ ...layer, opaque: layer.name === 'sum' }))

const node = (name: string): HTMLElement =>
  within(screen.getByRole('application')).getByRole('button', { name: new RegExp(`^${name}\\b`) })

const at = (): string => document.activeElement?.getAttribute('title') ?? ''

function show(change: Partial<Parameters<typeof LayerGraph>[0]> = {}) {
  const onChoose = vi.fn()
  const model = modelSummary({ layers })
  useStudio.getState().replaceModel(model)
  renderInProviders(
    <LayerGraph
      model={model}
      previews={undefined}
      focus={[]}
      onChoose={onChoose}
      details={<p>details</p>}
      {...change}
    />,
  )
  return onChoose
}

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  // A pane of a size of its own, in which all of it is seen.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(900)
  layOut.mockReset()
  layOut.mockImplementation((all: typeof layers) => Promise.resolve(placeLayers(all)))
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the graph of a model', () => {
  it('marks layers of which nothing is known, for the eye and the ear', async () => {
    show({ model: modelSummary({ layers: withRest }) })
    const sum = await screen.findByRole('button', { name: /^sum, Add, meaning not known, / })
    expect(sum.textContent).toContain('?')
    expect(node('left').textContent).not.toContain('?')
    expect(screen.getByRole('list', { name: 'Legend' }).textContent).toContain('meaning not known')
  })

  it('says of each layer what it is, its figure, what it reads and who reads it', async () => {
    show()
    expect(await screen.findByRole('application', { name: 'Graph of tiny' })).toBeDefined()
    expect(node('left').getAttribute('aria-label')).toBe(
      'left, Dense, 25.0\u00A0kB stored. Reads stem. Read by sum.',
    )
    expect(node('image').getAttribute('aria-label')).toBe(
      'image, InputLayer, no weights. Read by stem.',
    )
    expect(screen.getByText('details')).toBeDefined()
  })

  it('walks along the lines by arrow keys, with one stop for Tab', async () => {
    show()
    ;(await screen.findByRole('button', { name: /^image/ })).focus()
    const user = userEvent.setup()
    const walk = async (...keys: readonly string[]): Promise<string[]> => {
      const found: string[] = []
      for (const key of keys) {
        await user.keyboard(`{${key}}`)
        found.push(at())
      }
      return found
    }
    expect(await walk('ArrowDown')).toEqual(['stem'])
    const sides = await walk('ArrowDown', 'ArrowLeft', 'ArrowRight')
    expect([...new Set(sides)].sort()).toEqual(['left', 'right'])
    expect(await walk('ArrowDown', 'ArrowDown', 'Home', 'End')).toEqual([
      'sum',
      'sum',
      'image',
      'sum',
    ])
    const stops = within(screen.getByRole('application'))
      .getAllByRole('button')
      .filter(({ tabIndex }) => tabIndex === 0)
    expect(stops.map(({ title }) => title)).toEqual(['sum'])
  })

  it('opens a layer by Enter, and shows which one is chosen', async () => {
    const onChoose = show({ focus: ['stem'] })
    const stem = await screen.findByRole('button', { name: /^stem/, pressed: true })
    stem.focus()
    await userEvent.keyboard('{Enter}')
    expect(onChoose.mock.calls[0]?.[0]).toBe('stem')
    await userEvent.click(node('left'))
    expect(onChoose.mock.calls[1]?.[0]).toBe('left')
  })

  it('is coloured by bytes, zeros or error, with a legend of numbers, and remembers by what', async () => {
    show({
      previews: [layerReport({ name: 'left', weights: 10, zeros: 9, sqnrDb: 12.5 })],
    })
    await screen.findByRole('application')
    const strengths = () =>
      ['stem', 'right', 'left', 'sum'].map((name) => node(name).dataset['strength'])
    expect(strengths()).toEqual(['1', '3', '4', 'none'])
    const legend = () =>
      within(screen.getByRole('list', { name: 'Legend' })).getAllByRole('listitem')
    expect(legend().map(({ textContent }) => textContent.replaceAll('\u00A0', ' '))).toEqual([
      'below 10 B',
      '10 B to 100 B',
      '100 B to 1 kB',
      '1 kB to 10 kB',
      '10 kB or more',
    ])
    const colour = screen.getByRole('combobox', { name: 'Colour by' })
    expect(within(colour).queryByRole('option', { name: /Sensitivity/ })).toBeNull()
    await userEvent.selectOptions(colour, 'Error (SQNR)')
    expect(strengths()).toEqual(['none', 'none', '3', 'none'])
    expect(node('left').textContent).toContain('12.5')
    expect(useStudio.getState().look.graphMeasure).toBe('error')
    await userEvent.selectOptions(colour, 'Sparsity')
    expect(strengths()).toEqual(['0', '0', '4', 'none'])
  })

  it('is coloured by what layers bear with their own bits, once that is known of these weights', async () => {
    show()
    await screen.findByRole('application')
    const [found] = sensitivityTable().layers
    if (found === undefined) throw new Error('no layer')
    const table = sensitivityTable({
      layers: ['stem', 'left', 'right'].map((layer) => ({ ...found, layer })),
    })
    act(() => {
      useStudio.getState().setSensitivity({ state: 'known', table }, undefined)
    })
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Colour by' }),
      'Sensitivity',
    )
    const said = () =>
      ['stem', 'left', 'right'].map((name) => node(name).getAttribute('aria-label'))
    const strengths = () => ['stem', 'left', 'right'].map((name) => node(name).dataset['strength'])
    expect(said()).toEqual(Array(3).fill(expect.stringContaining('error 1.0\u00A0% with 4 bits')))
    expect(strengths()).toEqual(['3', '3', '3'])
    expect(screen.getByText(/with 4 bits, .* these settings quantize nothing/)).toBeDefined()

    const overrides = { left: { bits: 8 }, right: { enabled: false } }
    act(() => {
      useStudio.getState().commitRecipe(recipeWith({ quantize: { bits: 2, overrides } }))
    })
    expect(said()).toEqual([
      expect.stringContaining('error 20\u00A0% with 2 bits'),
      expect.stringContaining('error 0.01\u00A0% with 8 bits'),
      expect.stringContaining('kept as floats'),
    ])
    expect(strengths()).toEqual(['4', '1', '0'])
    expect(screen.getByText(/with the bits that these settings give it/)).toBeDefined()

    act(() => {
      useStudio.getState().commitRecipe(recipeWith({ quantize: { bits: 12 } }))
    })
    expect(said()).toEqual(Array(3).fill(expect.stringContaining('no figure')))
    expect(strengths()).toEqual(['none', 'none', 'none'])
  })

  it('zooms by buttons and keys, and shows everything by 0', async () => {
    show()
    ;(await screen.findByRole('button', { name: /^image/ })).focus()
    const scale = () => screen.getByRole('status').textContent
    expect(scale()).toBe('100\u00A0%')
    await userEvent.keyboard('+')
    expect(scale()).toBe('130\u00A0%')
    await userEvent.keyboard('--')
    expect(scale()).toBe('77\u00A0%')
    await userEvent.click(screen.getByRole('button', { name: 'Zoom in' }))
    await userEvent.keyboard('0')
    // All of it has room, and nothing is drawn larger than it is.
    expect(scale()).toBe('100\u00A0%')
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(200)
    await userEvent.click(screen.getByRole('button', { name: 'Show everything' }))
    expect(Number.parseInt(scale(), 10)).toBeLessThan(60)
  })

  it('mounts of 400 layers those in view, and walks to any of them', async () => {
    const chain = Array.from({ length: 400 }, (_, index) => ({
      ...dense,
      name: `layer${index}`,
      inputs: index === 0 ? [] : [`layer${index - 1}`],
    }))
    show({ model: modelSummary({ layers: chain }) })
    const first = await screen.findByRole('button', { name: /^layer0\b/ })
    const mounted = () => within(screen.getByRole('application')).getAllByRole('button').length
    expect(mounted()).toBeLessThan(40)
    first.focus()
    await userEvent.keyboard('{End}')
    expect(at()).toBe('layer399')
    expect(mounted()).toBeLessThan(80)
  })

  it('says that a model has too many parts to be drawn', async () => {
    layOut.mockResolvedValue(null)
    show()
    expect(await screen.findByText(/too many parts/)).toBeDefined()
  })
})
