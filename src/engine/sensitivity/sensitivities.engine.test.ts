import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, freshEngine } from '../../../testing/engine/drive-engine'
import { openBars, openBuilt } from '../../../testing/engine/training-ground'
import { targetOfFilters } from '../../search/filter-target'
import type { SensitivityTable } from '../../search/sensitivity'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine()

const tableOf = () => drained(engine.current.sensitivity.table({ recipe: defaultRecipe }))

describe('what layers bear', () => {
  it('is known of every layer by its inputs, then by trying, and told as it comes', async () => {
    await openBars(engine.current)
    const { events, result } = await tableOf()
    expect(result.layers.length).toBeGreaterThan(1)
    expect(result.corrected).toBe(true)
    expect(result.shown.on).toBe('data')
    for (const { basis, measured, cells } of result.layers) {
      expect(basis).toBe('inputs')
      expect(measured).toHaveLength(14)
      const worst = measured.find(({ sparsity }) => sparsity === 0.95)?.distance ?? 0
      const best = measured.find(({ bits }) => bits === 8)?.distance ?? 1
      expect(worst).toBeGreaterThan(best)
      expect(cells.every(({ bytes, error }) => bytes > 0 && error >= 0)).toBe(true)
    }
    expect(events.map(({ total, done }) => total - done).at(-1)).toBe(0)
    expect(events.map(({ done }) => done)).toEqual(
      events.map(({ done }) => done).toSorted((one, other) => one - other),
    )
  })

  it('is known of whole filters where somebody asks: what a cut takes, and what it does', async () => {
    await openBars(engine.current)
    const { current } = engine
    const ask = () => drained(current.sensitivity.table({ recipe: defaultRecipe, filters: true }))
    const { events, result } = await ask()
    expect(events.map(({ total, done }) => total - done).at(-1)).toBe(0)
    const [last] = result.layers.slice(-1)
    expect(last?.filters).toMatchObject({ state: 'stay', reason: 'output' })
    const able = result.layers.filter(({ filters }) => filters?.state === 'go')
    expect(able.length).toBeGreaterThan(0)
    for (const { filters, layer, unit } of able) {
      if (filters?.state !== 'go') throw new Error('not able')
      expect(unit).toBe('nats')
      const errors = filters.cells.map(({ error }) => error)
      expect(errors).toEqual(errors.toSorted((one, other) => one - other))
      const half = filters.cells.at(-1)
      const tried = filters.measured.find(({ share }) => share === half?.share)
      expect(tried?.distance).toBeGreaterThan(0)
      const request = {
        ...{ recipe: defaultRecipe, blocks: [], start: 'kept' as const },
        target: targetOfFilters(layer, 0.5),
      }
      const plan = (await drained(current.structure.plan(request))).result
      const all = [layer, ...filters.with].toSorted()
      expect(plan.layers.map(({ name }) => name).toSorted()).toEqual(all)
      for (const { after, before } of plan.layers) expect(before - after).toBe(half?.removed)
      // Of floats, which hardly deflate.
      const saved = plan.whole.bytes - plan.bytes
      expect((half?.saved ?? 0) / saved).toBeGreaterThan(0.8)
      expect((half?.saved ?? 0) / saved).toBeLessThan(1.1)
    }
    const again = await ask()
    expect(again.result).toEqual(result)
  })

  it('counts the bytes of the download', async () => {
    await openBars(engine.current)
    const { result } = await tableOf()
    const rows = [...result.layers, ...result.small]
    const whole = rows.reduce((sum, { cells }) => {
      const [first] = cells.filter((cell) =>
        'as' in cell ? cell.as === 'float' : cell.bits === null && cell.sparsity === 0,
      )
      return sum + (first?.bytes ?? NaN)
    }, 0)
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: defaultRecipe, focus: [], mode: 'dragging' }),
    )
    const [weights] = events.flatMap((event) => (event.type === 'weights' ? [event] : []))
    // Floats hardly deflate.
    const share = whole / (weights?.sizes.stored ?? NaN)
    expect(share).toBeGreaterThan(0.8)
    expect(share).toBeLessThan(1.05)
  })

  it('is found once for the same model and data, and goes on where somebody left', async () => {
    await openBars(engine.current)
    let told = 0
    for await (const { layer } of engine.current.sensitivity.table({ recipe: defaultRecipe })) {
      told += layer === null ? 0 : 1
      if (told === 4) break
    }
    const first = await tableOf()
    const second = await tableOf()
    expect(second.result).toEqual(first.result)
    // Nothing is tried again: a layer is told once.
    expect(second.events.filter(({ layer }) => layer !== null)).toHaveLength(
      first.result.layers.length,
    )
  })

  it('is not found again where an earlier visit has found it, unless that is of other samples', async () => {
    await openBars(engine.current)
    const { result } = await tableOf()
    // The same model in an engine that knows nothing.
    await openBars(engine.current)
    // A figure that nobody could have found: where it comes back nothing was tried.
    const marked = {
      ...result,
      layers: result.layers.map((layer) => ({
        ...layer,
        measured: layer.measured.map((cell) => ({ ...cell, distance: 7 })),
      })),
    }
    const given = (known: SensitivityTable) =>
      drained(engine.current.sensitivity.table({ recipe: defaultRecipe, known }))
    expect((await given(marked)).result).toEqual(marked)
    await openBars(engine.current)
    expect((await given({ ...marked, key: 'other' })).result).toEqual(result)
  })

  it('is told without data, on synthetic inputs', async () => {
    await openBuilt(
      engine.current,
      tf.sequential({
        layers: [
          tf.layers.dense({ units: 12, inputShape: [8], activation: 'relu' }),
          tf.layers.dense({ units: 4, activation: 'softmax' }),
        ],
      }),
    )
    const { result } = await tableOf()
    expect(result.shown.on).toBe('synthetic')
    expect(result.corrected).toBe(false)
    expect(result.layers.map(({ basis }) => basis)).toEqual(['weights', 'weights'])
    expect(result.layers.every(({ measured }) => measured.length === 14)).toBe(true)
  })
})
