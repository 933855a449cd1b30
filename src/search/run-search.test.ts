import { describe, expect, it } from 'vitest'
import { defaultRecipe, isOn, stepOf, withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { overrideOf } from '../techniques/overrides'
import { runSearch } from './run-search'
import type { SearchPoint, SearchStep } from './search-world'
import type { Figures, SearchGoal } from './search-goal'
import type { Cell, SensitivityTable } from './sensitivity'

const bits = [2, 3, 4, 6, 8, null] as const
const OVERHEAD = 500
const base = { seed: 7, trained: 'f'.repeat(64) }

/** Layers of a thousand weights each, of which each bears codes so much worse. */
const bearing = { first: 0.1, second: 0.02, third: 0.004 }

function cellsOf(): Cell[] {
  return bits.map((own) => ({
    ...{ bits: own, sparsity: 0, range: 'minMax' as const },
    bytes: 125 * (own ?? 32),
    error: own === null ? 0 : 4 ** -own,
  }))
}

const table: SensitivityTable = {
  key: 'table',
  layers: Object.keys(bearing).map((layer) => ({
    ...{ layer, weights: 1000, basis: 'inputs' as const, cells: cellsOf() },
    measured: [],
    unit: null,
    filters: null,
  })),
  small: [],
  corrected: false,
  shown: { on: 'data', samples: 100 },
}

function bitsOf(recipe: Recipe, layer: string): number | null {
  const step = stepOf(recipe, 'quantize')
  const own = overrideOf(recipe, 'quantize', layer)
  return step?.enabled === true && own.enabled !== false ? (own.bits ?? step.config.bits) : null
}

/** What a model with such layers would show. */
function figuresOf(recipe: Recipe): Figures {
  let [bytes, loss] = [OVERHEAD, isOn(recipe, 'bias-correction') ? 1e-4 : 0]
  for (const [layer, factor] of Object.entries(bearing)) {
    const own = bitsOf(recipe, layer)
    bytes += 125 * (own ?? 32)
    loss += own === null ? 0 : factor * 4 ** -own * 10
  }
  return { bytes, loss }
}

async function searched(
  goal: SearchGoal,
  measure: (recipe: Recipe) => Figures = figuresOf,
  bears: SensitivityTable = table,
): Promise<{ steps: SearchStep<Figures>[]; best: SearchPoint<Figures>; asked: string[] }> {
  const asked: string[] = []
  const running = runSearch(goal, base, {
    sensitivity: () => {
      asked.push('table')
      return Promise.resolve(bears)
    },
    fewestBytes: OVERHEAD + 3 * 125 * 32,
    measure: (recipe) => {
      asked.push(JSON.stringify(recipe))
      return Promise.resolve(measure(recipe))
    },
  })
  const steps: SearchStep<Figures>[] = []
  for (;;) {
    const next = await running.next()
    if (next.done === true) return { steps, best: next.value.best, asked }
    steps.push(next.value)
  }
}

/** The best of all settings there are. */
function bestOfAll(isAllowed: (found: Figures) => boolean, cost: (found: Figures) => number) {
  const all = bits.flatMap((first) =>
    bits.flatMap((second) =>
      bits.map((third): Figures => {
        let [bytes, loss] = [OVERHEAD, 0]
        for (const [own, factor] of [
          [first, bearing.first],
          [second, bearing.second],
          [third, bearing.third],
        ] as const) {
          bytes += 125 * (own ?? 32)
          loss += own === null ? 0 : factor * 4 ** -own * 10
        }
        return { bytes, loss }
      }),
    ),
  )
  return all.filter(isAllowed).toSorted((one, other) => cost(one) - cost(other))[0]
}

describe('a search', () => {
  it.each([0.05, 0.01, 0.005, 0.001])(
    'finds the smallest file that loses at most %d, though it thought that all layers bear the same',
    async (most) => {
      const { best } = await searched({ kind: 'loss', most })
      const wanted = bestOfAll(
        ({ loss }) => (loss ?? 1) <= most,
        ({ bytes }) => bytes,
      )
      expect(best.found.loss).toBeLessThanOrEqual(most)
      expect(best.found.bytes).toBeLessThanOrEqual(1.2 * (wanted?.bytes ?? NaN))
    },
  )

  it.each([1500, 2500, 4000])('finds what loses least in %d bytes', async (most) => {
    const { best } = await searched({ kind: 'bytes', most })
    const wanted = bestOfAll(
      ({ bytes }) => bytes <= most,
      ({ loss }) => loss ?? 1,
    )
    expect(best.found.bytes).toBeLessThanOrEqual(most)
    expect(best.found.loss).toBeLessThanOrEqual(4 * (wanted?.loss ?? NaN) + 3e-3)
  })

  it('has something before it looks at any layer: 8 bits for all, and its weights and seed', async () => {
    const { asked, steps } = await searched({ kind: 'loss', most: 0.005 })
    const guess = withConfig({ ...defaultRecipe, ...base }, 'quantize', { bits: 8 }, true)
    expect(asked.indexOf('table')).toBe(1)
    expect(asked[0]).toBe(JSON.stringify(guess))
    const [before, first] = steps
    expect(before).toMatchObject({ phase: 'guess', done: 0, best: null })
    expect(first).toMatchObject({ phase: 'guess', done: 1, total: 25, best: { recipe: guess } })
    expect(first?.best?.found).toEqual(figuresOf(guess))
  })

  it('finds the same whatever the first guess shows, unless that is the better', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    const asIt = await searched(goal)
    const guess = asIt.asked[0]
    const guessed = (found: Figures) => (recipe: Recipe) =>
      JSON.stringify(recipe) === guess ? found : figuresOf(recipe)
    const bad = await searched(goal, guessed({ bytes: 4000, loss: 0.9 }))
    expect(bad.asked).toEqual(asIt.asked)
    expect(bad.best).toEqual(asIt.best)
    const good = await searched(goal, guessed({ bytes: 1, loss: 0 }))
    expect(good.asked).toEqual(asIt.asked)
    expect(JSON.stringify(good.best.recipe)).toBe(guess)
  })

  it('measures each setting once, at most twenty-five with the guess, and says the best so far', async () => {
    const { steps, asked: all, best } = await searched({ kind: 'loss', most: 0.005 })
    const asked = all.filter((one) => one !== 'table')
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked.length).toBeLessThanOrEqual(25)
    expect(steps.map(({ done }) => done).at(-1)).toBe(asked.length)
    expect(steps.filter(({ point }) => point !== null)).toHaveLength(asked.length)
    expect(steps.map(({ phase }) => phase).filter((one, at, all) => one !== all[at - 1])).toEqual([
      'guess',
      'sensitivity',
      'front',
      'neighbours',
    ])
    let smallest = Infinity
    for (const { point, best: sofar } of steps) {
      if (point !== null && (point.found.loss ?? 1) <= 0.005)
        smallest = Math.min(smallest, point.found.bytes)
      if (smallest < Infinity) expect(sofar?.found.bytes).toBe(smallest)
    }
    expect(best.found.bytes).toBe(smallest)
  })

  it('asks for the same again, so that one that was cut short goes on where it was', async () => {
    const [once, again] = [
      await searched({ kind: 'loss', most: 0.01 }),
      await searched({ kind: 'loss', most: 0.01 }),
    ]
    expect(again.asked).toEqual(once.asked)
  })

  it('says what came nearest where nothing keeps to the goal', async () => {
    const { best } = await searched({ kind: 'loss', most: 0 }, (recipe) => ({
      ...figuresOf(recipe),
      loss: 0.3 + (figuresOf(recipe).loss ?? 0),
    }))
    expect(best.found.loss).toBeGreaterThan(0)
  })

  it('ends with nothing where nothing can be said of losses', async () => {
    const { best } = await searched({ kind: 'loss', most: 0.01 }, (recipe) => ({
      ...figuresOf(recipe),
      loss: null,
    }))
    expect(best.found.loss).toBeNull()
  })

  it('takes biases that are put right where that is better', async () => {
    const { best } = await searched({ kind: 'loss', most: 0.005 }, (recipe) => {
      const { bytes, loss } = figuresOf(recipe)
      return { bytes, loss: (loss ?? 0) * (isOn(recipe, 'bias-correction') ? 0.1 : 1) }
    })
    expect(isOn(best.recipe, 'bias-correction')).toBe(true)
  })

  it('goes by what layers lose of their own outputs where probabilities alone have moved', async () => {
    const removed = { bits: null, sparsity: 0.9 }
    const whole = { bits: 2, sparsity: 0, range: 'minMax' } as const
    const cells: Cell[] = [
      { bits: null, sparsity: 0, bytes: 4000, error: 0 },
      { bits: null, sparsity: 0.8, bytes: 1200, error: 0.3 },
      { ...removed, bytes: 700, error: 0.5 },
      { ...whole, bytes: 100, error: 0.84 },
      { bits: 4, sparsity: 0, range: 'mse', bytes: 400, error: 0.05 },
      { bits: 2, sparsity: 0.9, range: 'mse', bytes: 200, error: 0.52 },
    ]
    const measured = [
      { bits: null, sparsity: 0.8, distance: 0.005 },
      { ...removed, distance: 0.2 },
      { ...whole, distance: 0.006 },
    ]
    const layer = { layer: 'first', weights: 1000, basis: 'inputs' as const, cells, measured }
    const misled = { ...table, layers: [{ ...layer, unit: 'nats' as const, filters: null }] }
    const { best } = await searched(
      { kind: 'loss', most: 0.005 },
      (recipe) => {
        const own = bitsOf(recipe, 'first')
        const isPruned = isOn(recipe, 'prune')
        if (own === 2) return isPruned ? { bytes: 700, loss: 0.001 } : { bytes: 600, loss: 0.04 }
        return own === 4 ? { bytes: 900, loss: 0 } : { bytes: 4500, loss: 0 }
      },
      misled,
    )
    expect(best.found).toEqual({ bytes: 700, loss: 0.001 })
  })

  it('has no result that is larger than the download without any step', async () => {
    const loss = { kind: 'loss', most: 0.05 } as const
    const bare = JSON.stringify({ ...defaultRecipe, ...base })
    const tiny =
      (bytes: (recipe: Recipe) => number) =>
      (recipe: Recipe): Figures => ({
        ...figuresOf(recipe),
        bytes: JSON.stringify(recipe) === bare ? 13_000 : bytes(recipe),
      })
    const larger = tiny((recipe) => 13_001 + figuresOf(recipe).bytes / 1e6)
    await expect(searched(loss, larger)).rejects.toMatchObject({ code: 'search/not-smaller' })
    const bytes = { kind: 'bytes', most: 20_000 } as const
    await expect(searched(bytes, larger)).rejects.toMatchObject({ code: 'search/not-smaller' })
    const { best, steps } = await searched(
      loss,
      tiny((recipe) => 11_800 + figuresOf(recipe).bytes / 2),
    )
    expect(best.found.bytes).toBeLessThanOrEqual(13_000)
    expect(steps.every(({ best: sofar }) => (sofar?.found.bytes ?? 0) <= 13_000)).toBe(true)
    expect(steps[1]).toMatchObject({ phase: 'guess', best: null })
  })
})
