import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { inexactSettings, sizeReason } from './size-reason'

describe('size reason', () => {
  it.each([
    [recipeWith({}), 'nothing'],
    [recipeWith({ prune: {} }), 'pruneOnly'],
    [recipeWith({ quantize: { bits: 8 } }), 'oneByte'],
    [recipeWith({ prune: {}, quantize: { bits: 4 } }), 'belowOneByte'],
    [recipeWith({ quantize: { bits: 9 } }), 'twoBytes'],
    [recipeWith({ quantize: { bits: 4, granularity: 'perChannel' } }), 'decoded'],
    [recipeWith({ quantize: { bits: 4, granularity: 'perGroup' } }), 'decoded'],
    [recipeWith({ quantize: { scheme: 'linear' } }), 'oneByte'],
    [recipeWith({ prune: {}, quantize: { scheme: 'linear' } }), 'decoded'],
  ] as const)('of settings %#', (settings, reason) => {
    expect(sizeReason(settings)).toBe(reason)
  })

  it('lists every setting that a stock manifest cannot hold', () => {
    expect(
      inexactSettings(
        recipeWith({ prune: {}, quantize: { scheme: 'mean', granularity: 'perChannel' } }),
      ),
    ).toEqual(['perChannel', 'mean'])
  })
})
