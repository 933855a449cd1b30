import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import { overrideOf } from '../techniques/overrides'
import { defaultRecipe, isOn, parseRecipe, stepOf } from '../techniques/recipe'
import { remediesFor } from './remedies'
import type { RemedyId, TouchedLayer } from './remedies'

const layer = (name: string, sqnrDb: number | null, zeros = 0): TouchedLayer => ({
  ...{ name, sqnrDb, zeros, weights: 100, bits: 3, clipped: 0 },
})
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
    const all = found(recipe, layers, true)
    for (const remedy of all) {
      expect(parseRecipe(remedy.recipe)).toEqual(remedy.recipe)
      expect(remedy.recipe).not.toEqual(recipe)
    }
    expect(new Set(all.map((remedy) => JSON.stringify(remedy.recipe))).size).toBe(all.length)
  })

  it('name what is set so that it may lose more than it must', () => {
    expect(ids(recipeWith({ prune: { method: 'random' } }), [], true)).toEqual([
      'byMagnitude',
      'biases',
    ])
    const coarse = { bits: 3, range: 'minMax', biases: 8 } as const
    expect(ids(recipeWith({ quantize: coarse }), [], false)).toEqual([
      'leastError',
      'ownScales',
      'smallAsFloats',
    ])
    const clipped = { bits: 3, range: 'mse', granularity: 'perChannel' } as const
    expect(ids(recipeWith({ quantize: clipped, 'bias-correction': {} }), [], true)).toEqual([
      'wholeRange',
    ])
    const moved = recipeWith({ prune: { value: 0.5 }, quantize: { scheme: 'linear' } })
    expect(ids(moved, [], false)).toContain('zerosStay')
  })

  it('look at the three layers whose weights have changed most', () => {
    const recipe = recipeWith({ prune: { value: 0.8 }, quantize: { bits: 3 } })
    const own = found(recipe, [...layers, layer('fine', 40)], false).flatMap((one) =>
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
    const of = (id: RemedyId) => found(recipe, layers, false).find((one) => one.id === id)?.recipe
    expect(overrideOf(of('moreBits') ?? defaultRecipe, 'quantize', 'worst').bits).toBe(5)
    expect(overrideOf(of('lessRemoved') ?? defaultRecipe, 'prune', 'worst').value).toBe(0.6)
    const free = of('layerAsItIs') ?? defaultRecipe
    expect(overrideOf(free, 'prune', 'worst').enabled).toBe(false)
    expect(overrideOf(free, 'quantize', 'worst').enabled).toBe(false)
    expect(stepOf(free, 'quantize')?.config.bits).toBe(3)
  })

  it('are none where nothing is on', () => {
    expect(found(defaultRecipe, layers, true)).toEqual([])
    expect(isOn(defaultRecipe, 'prune')).toBe(false)
  })
})
