import { cleanup } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chartProperties } from '../../../testing/studio/chart-properties'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { denseLayers } from '../../../testing/studio/dense-layers'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { defaultRecipe } from '../../techniques/recipe'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
import type { RunView } from '../store/train-slice'
import {
  accuracy,
  layerReport,
  modelSummary,
  sizeReport,
  weightsEvent,
} from '../../../testing/studio/test-data'
import { defaultTrainingSettings } from '../../training/training-settings'
import { Charts } from './charts'
import type { ChartsProps } from './charts'

const MANY = 1_000
/** One chart is enough to see that ten times as many do no harm. */
const MOST = 10_000

// Thousands of elements of a page that is not a browser's.
vi.setConfig({ testTimeout: 60_000 })

beforeEach(() => {
  // Without a size a chart draws nothing, and here nothing is laid out.
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue(
    DOMRect.fromRect({ width: 900, height: 400 }),
  )
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900)
  vi.spyOn(console, 'error')
})
afterEach(() => {
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

function draw(change: Partial<ChartsProps>): HTMLElement {
  const { container } = renderInProviders(<Charts {...chartProperties} {...change} />)
  expect(container.innerHTML).not.toMatch(/NaN|Infinity/)
  return container
}

/** All rows of a table; a long one has only those on the page that are in view. */
function rowsOf(container: HTMLElement): number {
  const all = Number(container.querySelector('table')?.getAttribute('aria-rowcount') ?? NaN)
  if (Number.isNaN(all)) return shownRows(container)
  expect(shownRows(container)).toBeGreaterThan(10)
  expect(shownRows(container)).toBeLessThan(100)
  return all - 1
}

const shownRows = (container: HTMLElement): number =>
  marks(container, 'tbody tr:not([aria-hidden])')

const marks = (container: HTMLElement, selector: string): number =>
  container.querySelectorAll(selector).length

describe('the size chart', () => {
  it('names the kind of file whose size stands beside that of the chosen one', () => {
    const keras = modelSummary({
      format: 'keras',
      targets: [
        { container: 'tfjs', precision: 'exact' },
        { container: 'keras', precision: 'exact' },
      ],
    })
    for (const asTable of [false, true]) {
      const shown = draw({ tab: 'size', asTable, model: keras, chosen: 77 })
      // A chart sets a label word by word.
      expect(shown.textContent).toMatch(/Zipped\s*as\s*TensorFlow\.js,\s*exact/)
      cleanup()
    }
  })

  it('is drawn of a model without bytes', () => {
    const none = sizeReport({
      float32: 0,
      stored: 0,
      bitPacked: 0,
      sparse: 0,
      entropyBound: 0,
      zipped: 0,
    })
    draw({ sizes: none })
  })

  it('has a bar for what was opened, the download and the bound, then for each size; its table has all', () => {
    expect(marks(draw({}), '.recharts-bar-rectangle')).toBe(3)
    cleanup()
    expect(marks(draw({ allSizes: true }), '.recharts-bar-rectangle')).toBe(7)
    cleanup()
    expect(rowsOf(draw({ asTable: true }))).toBe(7)
  })

  it('tells terabytes', () => {
    const huge = sizeReport({ float32: 4e12, stored: 4e12, zipped: 3e12 })
    expect(draw({ sizes: huge }).textContent).toMatch(/3\.00\sTB/)
  })
})

describe('the sparsity chart', () => {
  const layers = (count: number) =>
    weightsEvent({
      layers: Array.from({ length: count }, (_, index) => layerReport({ name: `layer${index}` })),
    })

  it.each([0, 1, MANY])('has a bar for each of %i layers with zeros', (count) => {
    const chart = draw({ tab: 'sparsity', weights: layers(count) })
    expect(marks(chart, '.recharts-bar-rectangle')).toBe(count)
  })

  it.each([0, 1, MANY])('has a row for each of %i layers', (count) => {
    expect(rowsOf(draw({ tab: 'sparsity', asTable: true, weights: layers(count) }))).toBe(count)
  })
})

describe('the histogram of weights', () => {
  const bins = (count: number) => {
    const counts = Array.from({ length: count }, (_, bin) => bin)
    const { histogram } = weightsEvent()
    return weightsEvent({ histogram: { ...histogram, before: counts, after: counts } })
  }

  it.each([0, 1, MOST])('is drawn with %i bins, linear and logarithmic', (count) => {
    for (const logarithmic of [true, false]) {
      const chart = draw({ tab: 'weights', logarithmic, weights: bins(count) })
      expect(marks(chart, '.recharts-area-area')).toBe(count === 0 ? 0 : 2)
      cleanup()
    }
  })

  it.each([0, 1, MOST])('has a row for each of %i bins', (count) => {
    expect(rowsOf(draw({ tab: 'weights', asTable: true, weights: bins(count) }))).toBe(count)
  })

  it.each([
    ['small', 0.01],
    ['large', 0.95],
  ])('names both lines of a %s threshold apart and inside', (_, share) => {
    const { histogram } = weightsEvent()
    const threshold = share * histogram.max
    const chart = draw({
      tab: 'weights',
      weights: weightsEvent({ histogram: { ...histogram, threshold } }),
    })
    const places = ['−t', 't'].map((name) => {
      const label = [...chart.querySelectorAll('.recharts-label')].find(
        ({ textContent }) => textContent === name,
      )
      const [x, anchor] = [Number(label?.getAttribute('x')), label?.getAttribute('text-anchor')]
      // About as wide as its two letters.
      return anchor === 'end' ? { from: x - 16, to: x } : { from: x, to: x + 16 }
    })
    const [left = { from: NaN, to: NaN }, right = left] = places
    expect(left.to).toBeLessThan(right.from)
    expect(left.from).toBeGreaterThan(56)
    expect(right.to).toBeLessThan(900 - 12)
  })

  it('is drawn where all weights are the same', () => {
    const { histogram } = weightsEvent()
    const flat = { ...histogram, min: 0, max: 0, before: [10], after: [10], levels: [0] }
    draw({ tab: 'weights', weights: weightsEvent({ histogram: flat }) })
  })
})

describe('the chart of accuracy against size', () => {
  const tried = (count: number): TriedPoint[] =>
    Array.from({ length: count }, (_, index) => {
      const recipe = { ...recipeWith({ quantize: { bits: 4 } }), seed: index }
      return {
        key: `${effectKey(recipe)} ${index}`,
        recipe,
        size: { zipped: 100 + index, reportBytes: 30 },
        measure: accuracy(index % 100),
      }
    })

  it('says what will come where nothing was measured', () => {
    expect(draw({ tab: 'accuracy' }).textContent).toMatch(/Points appear here/)
  })

  const counted = (chart: HTMLElement): number =>
    [...chart.querySelectorAll('.tried')].reduce(
      (sum, mark) => sum + Number(mark.getAttribute('data-count')),
      0,
    )

  it.each([1, MANY, 2 * MANY])(
    'shows all of %i points, and no more marks than find room',
    (count) => {
      const look = { logarithmic: true, near: false, allowedLoss: 0.5 }
      const shown = { tab: 'accuracy', tried: tried(count), original: accuracy(98), look } as const
      const chart = draw(shown)
      expect(counted(chart)).toBe(count)
      expect(marks(chart, '.tried')).toBeLessThanOrEqual(600)
      if (count > 1) expect(marks(chart, '.tried')).toBeGreaterThan(20)
      cleanup()
      expect(counted(draw({ ...shown, look: { ...look, logarithmic: false } }))).toBe(count)
    },
  )

  it('leaves out what is far below the original, says so and shows it when asked', async () => {
    const onWhole = vi.fn()
    const near = draw({ tab: 'accuracy', tried: tried(100), original: accuracy(98), onWhole })
    const hidden = 100 - counted(near)
    expect(hidden).toBeGreaterThan(80)
    const all = [...near.querySelectorAll('button')].find(({ textContent }) =>
      textContent.includes(`${hidden} lie lower`),
    )
    if (all === undefined) throw new Error('not said')
    await userEvent.click(all)
    expect(onWhole).toHaveBeenCalledOnce()
  })

  it('draws the original over the others and the current point last, wherever they lie', () => {
    const points = tried(50)
    const [current] = points
    if (current === undefined) throw new Error('no point')
    // It gets nothing right, which is far below the axis.
    const { recipe } = current
    const key = effectKey(recipe)
    const chart = draw({
      tab: 'accuracy',
      tried: [{ ...current, key }, ...points.slice(1)],
      original: accuracy(98),
      recipe,
    })
    const order = [...chart.querySelectorAll('.tried, .original, .current')].map((mark) =>
      mark.getAttribute('class'),
    )
    expect(order.slice(-2)).toEqual(['original', 'current'])
    expect(marks(chart, '.original')).toBe(1)
    expect(marks(chart, '.current path')).toBe(1)
    const radius = (mark: Element): number => Number(mark.getAttribute('r'))
    const largest = Math.max(...[...chart.querySelectorAll('.tried circle')].map(radius))
    expect(radius(chart.querySelector('.current circle') ?? chart)).toBeGreaterThan(largest)
  })

  it('goes back to the point that is clicked, and names the one under the pointer', async () => {
    const onUse = vi.fn()
    const [point] = tried(1)
    if (point === undefined) throw new Error('no point')
    const chart = draw({ tab: 'accuracy', tried: [point], onUse })
    const circle = chart.querySelector('.tried circle')
    if (circle === null) throw new Error('nothing is drawn')
    await userEvent.hover(circle)
    expect(chart.textContent).toContain('4-bit affine')
    await userEvent.click(circle)
    expect(onUse).toHaveBeenCalledWith(point.recipe)
  })

  it('tells settings that each layer has of its own from the least to the most', () => {
    const overrides = { a: { bits: 2 }, b: { bits: 6 } }
    const recipe = recipeWith({ quantize: { bits: 4, overrides } })
    const points = tried(1).map((point) => ({ ...point, recipe }))
    const model = modelSummary({ layers: denseLayers('a', 'b') })
    const table = draw({ tab: 'accuracy', asTable: true, model, tried: points })
    expect(table.textContent).toContain('2 to 6 bits, each layer its own')
  })

  it.each([1, MANY])('has a row with a way back for each of %i points', (count) => {
    const table = draw({ tab: 'accuracy', asTable: true, tried: tried(count) })
    expect(rowsOf(table)).toBe(count)
    expect(marks(table, 'tbody button:not([aria-pressed])')).toBe(
      count < MANY ? count : shownRows(table),
    )
  })
})

describe('the curves of a run', () => {
  const run = (points: number, epochs: number): RunView => ({
    recipe: defaultRecipe,
    settings: defaultTrainingSettings,
    backend: null,
    facts: null,
    progress: null,
    notes: [],
    curve: Array.from({ length: points }, (_, index) => ({
      at: index / 100,
      loss: 1 / (index + 1),
      accuracy: 0.9,
      sparsity: 0.5,
    })),
    epochs: Array.from({ length: epochs }, (_, index) => ({
      epoch: index + 1,
      measure: accuracy(90),
      sparsity: 0.5,
      size: { zipped: 100, reportBytes: 30 },
      recipe: defaultRecipe,
      best: index === 0,
      simulated: null,
    })),
  })

  it('say how to start where there is no run', () => {
    expect(draw({ tab: 'training' }).textContent).toMatch(/press Recover accuracy/)
  })

  it.each([0, 1, MANY])('are drawn with %i steps', (count) => {
    const chart = draw({ tab: 'training', run: run(count, Math.min(count, 100)) })
    expect(marks(chart, '.recharts-scatter-symbol')).toBe(Math.min(count, 100))
    expect(marks(chart, '.recharts-line-curve')).toBe(count > 1 ? 3 : 0)
  })

  it.each([0, 1, MANY])('have a row for each of %i epochs', (count) => {
    expect(rowsOf(draw({ tab: 'training', asTable: true, run: run(1, count) }))).toBe(count)
  })
})
