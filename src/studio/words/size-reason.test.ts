import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import type { StoredKind } from '../../formats/exporter'
import { defaultRecipe } from '../../techniques/recipe'
import { decodedOf, entriesOf, sizeReason } from './size-reason'

const floats: StoredKind = { storedAs: 'float32', reason: 'notQuantized', bits: null, tensors: 3 }
const codes = (bits: number): StoredKind => ({
  storedAs: bits > 8 ? 'uint16' : 'uint8',
  reason: null,
  bits,
  tensors: 2,
})
const decoded = (reason: StoredKind['reason']): StoredKind => ({ ...codes(4), reason })

describe('size reason', () => {
  it.each([
    [[floats], 'uncoded', []],
    [[floats, codes(8)], 'oneByte', [8]],
    [[floats, codes(4), codes(8)], 'belowOneByte', [4]],
    [[floats, codes(9), codes(16)], 'twoBytes', [9, 16]],
    [[floats, codes(4), codes(16)], 'oneOrTwoBytes', [4, 16]],
    [[floats, codes(4), decoded('perChannel')], 'decoded', []],
    // Codes that a file held already, with a scale that is none of ours.
    [[{ ...codes(8), bits: null }], 'oneByte', [8]],
  ] as const)('of what is stored %#', (kinds, key, bits) => {
    expect(sizeReason(kinds, recipeWith({ quantize: { bits: 4 } }))).toEqual({ key, bits })
  })

  it('of files without a step is that they are as they came, unless no entry holds their codes', () => {
    for (const kinds of [[floats], [floats, codes(8)], [codes(16)]])
      expect(sizeReason(kinds, defaultRecipe)).toEqual({ key: 'asOpened', bits: [] })
    expect(sizeReason([floats, decoded('perGroup')], defaultRecipe).key).toBe('decoded')
    expect(sizeReason([floats], { ...defaultRecipe, trained: '0'.repeat(16) }).key).toBe('uncoded')
    const kinds = [floats, codes(8), { ...floats, storedAs: 'float16' }] as const
    expect(entriesOf(kinds, 'asOpened')).toBe('float16, float32, uint8')
    // Biases are floats, and no quantized weights.
    expect(entriesOf(kinds, 'elements')).toBe('uint8')
  })

  it('of weights that are pruned and not coded', () => {
    expect(sizeReason([floats], recipeWith({ prune: {} })).key).toBe('pruneOnly')
  })

  it('names once what no entry can hold, and counts the tensors', () => {
    const kinds = [floats, codes(4), decoded('mean'), { ...decoded('mean'), bits: 3 }]
    expect(decodedOf(kinds)).toEqual({ reasons: ['mean'], tensors: 4, all: 9 })
    expect(decodedOf([floats, codes(4)])).toEqual({ reasons: [], tensors: 0, all: 5 })
  })
})
