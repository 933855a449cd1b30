import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import type { ConfigOf } from '../techniques/catalog'
import { overrideOf } from '../techniques/overrides'
import { defaultRecipe, isOn, parseRecipe, stepOf } from '../techniques/recipe'
import { remediesFor } from './remedies'
import type { RemedyId, TouchedLayer } from './remedy'

const layer = (
  name: string,
  sqnrDb: number | null,
  zeros = 0,
  more: Partial<TouchedLayer> = {},
): TouchedLayer => ({
  ...{ name, sqnrDb, zeros, weights: 100, bits: 3, clipped: 0, kernels: null },
  ...more,
})
const kernels = { channels: 20, dead: 0, pruned: 0, tail: 0.1, spread: 1.2 }
const blind = { hasInputs: false, hasStatistics: false }
const seeing = { hasInputs: true, hasStatistics: false }
const layers = [layer('calm', 30), layer('worst', 4, 80), layer('bad', 9), layer('free', null)]

const found = (...given: Parameters<typeof remediesFor>) => remediesFor(...given)
const ids = (...given: Parameters<typeof remediesFor>): RemedyId[] =>
  found(...given).map(({ id }) => id)

describe('remedies for a drop', () => {
  it('are settings that can be carried out, and that differ from those of the drop', () => {
    const recipe = recipeWith({
      prune: { method: 'random', value: 0.8 },
      quantize: { bits: 3, scheme: 'linear', biases: 8 },
    })
    const all = found(recipe, layers, seeing)
    for (const remedy of all) {
      expect(parseRecipe(remedy.recipe)).toEqual(remedy.recipe)
      expect(remedy.recipe).not.toEqual(recipe)
    }
    expect(new Set(all.map((remedy) => JSON.stringify(remedy.recipe))).size).toBe(all.length)
  })

  it('name what is set so that it may lose more than it must', () => {
    expect(ids(recipeWith({ prune: { method: 'random' } }), [], seeing)).toEqual([
      'byMagnitude',
      'biases',
    ])
    const coarse = { bits: 3, range: 'minMax', biases: 8 } as const
    expect(ids(recipeWith({ quantize: coarse }), [], blind)).toEqual([
      'leastError',
      'ownScales',
      'smallAsFloats',
    ])
    const clipped = { bits: 3, range: 'mse', granularity: 'perChannel' } as const
    expect(ids(recipeWith({ quantize: clipped, 'bias-correction': {} }), [], seeing)).toEqual([
      'wholeRange',
    ])
    const moved = recipeWith({ prune: { value: 0.5 }, quantize: { scheme: 'linear' } })
    expect(ids(moved, [], blind)).toContain('zerosStay')
  })

  it('look at the three layers whose weights have changed most', () => {
    const recipe = recipeWith({ prune: { value: 0.8 }, quantize: { bits: 3 } })
    const own = found(recipe, [...layers, layer('fine', 40)], blind).flatMap((one) =>
      one.layer === null ? [] : [[one.layer.name, one.id] as const],
    )
    expect([...new Set(own.map(([name]) => name))]).toEqual(['worst', 'bad', 'calm'])
    expect(own.filter(([name]) => name === 'worst').map(([, id]) => id)).toEqual([
      'moreBits',
      'lessRemoved',
      'layerAsItIs',
    ])
  })

  it('give a layer two more bits, twice the weights, or leave it as it is', () => {
    const recipe = recipeWith({ prune: { value: 0.8 }, quantize: { bits: 3 } })
    const of = (id: RemedyId) => found(recipe, layers, blind).find((one) => one.id === id)?.recipe
    expect(overrideOf(of('moreBits') ?? defaultRecipe, 'quantize', 'worst').bits).toBe(5)
    expect(overrideOf(of('lessRemoved') ?? defaultRecipe, 'prune', 'worst').value).toBe(0.6)
    const free = of('layerAsItIs') ?? defaultRecipe
    expect(overrideOf(free, 'prune', 'worst').enabled).toBe(false)
    expect(overrideOf(free, 'quantize', 'worst').enabled).toBe(false)
    expect(stepOf(free, 'quantize')?.config.bits).toBe(3)
  })

  it('say where a cause is seen, and how much of it', () => {
    const seen = [
      layer('even', 10, 0, { kernels, clipped: 3 }),
      layer('long', 20, 0, { kernels: { ...kernels, tail: 0.6 }, clipped: 2 }),
      layer('wide', 25, 0, { kernels: { ...kernels, spread: 4 } }),
      layer('float', 30, 0, { kernels: { ...kernels, tail: 0.9 }, bits: null }),
    ]
    const facts = (change: Partial<ConfigOf<'quantize'>>) =>
      new Map(
        found(recipeWith({ quantize: { bits: 3, ...change } }), seen, blind).flatMap((one) =>
          one.layer === null ? [[one.id, one.facts] as const] : [],
        ),
      )
    expect(facts({ range: 'minMax' }).get('leastError')).toEqual({ layer: 'long', share: 0.6 })
    expect(facts({}).get('ownScales')).toEqual({ layer: 'wide', times: 4 })
    expect(facts({}).get('wholeRange')).toEqual({ count: 5, all: 300 })
  })

  it('put the statistics of a normalization right where there is one', () => {
    const recipe = recipeWith({ quantize: { range: 'mse', granularity: 'perChannel' } })
    expect(ids(recipe, [], { hasInputs: true, hasStatistics: true })).toContain('statistics')
    expect(ids(recipe, [], seeing)).toContain('biases')
  })

  it('look for filters without weights and for clipped codes, layer by layer', () => {
    const dead = layer('dead', 3, 60, { clipped: 7, kernels: { ...kernels, dead: 5, pruned: 2 } })
    const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 3, range: 'mse' } })
    const own = new Map(
      found(recipe, [dead], blind).flatMap((one) =>
        one.layer === null ? [] : [[one.id, one] as const],
      ),
    )
    expect(own.get('filtersStay')?.facts).toEqual({ layer: 'dead', count: 3, all: 20 })
    const stays = own.get('filtersStay')?.recipe ?? defaultRecipe
    expect(overrideOf(stays, 'quantize', 'dead')).toEqual({ granularity: 'perChannel' })
    expect(own.get('unclipped')?.facts).toEqual({ layer: 'dead', count: 7, all: 100 })
    const whole = own.get('unclipped')?.recipe ?? defaultRecipe
    expect(overrideOf(whole, 'quantize', 'dead')).toEqual({ range: 'minMax' })
    expect(own.get('lessRemoved')?.facts).toMatchObject({ share: 0.6, count: 2, all: 20 })
    expect(own.get('moreBits')?.facts.share).toBeCloseTo(0.501, 3)
    // What only pruning has emptied no scale brings back.
    const pruned = { ...dead, kernels: { ...kernels, dead: 2, pruned: 2 } }
    expect(ids(recipe, [pruned], blind)).not.toContain('filtersStay')
    // A scale of its own has each filter already.
    const own2 = recipeWith({ quantize: { bits: 3, granularity: 'perChannel' } })
    expect(ids(own2, [dead], blind)).not.toContain('filtersStay')
    expect(ids(own2, [dead], blind)).not.toContain('unclipped')
  })

  it('are none where nothing is on', () => {
    expect(found(defaultRecipe, layers, seeing)).toEqual([])
    expect(isOn(defaultRecipe, 'prune')).toBe(false)
  })
})
