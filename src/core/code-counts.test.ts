import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countCodes, nonZeroPattern } from './code-counts'
import { decode } from './encoded-tensor'
import type { EncodedTensor } from './encoded-tensor'
import { groupCount } from './group-layout'

const small = fc.integer({ min: 1, max: 3 })

/** Tensors of two bits in any layout, some with a mask, some without a zero. */
const tensors: fc.Arbitrary<EncodedTensor> = fc
  .tuple(small, small, small, small, small, fc.integer(), fc.boolean(), fc.boolean())
  .map(([count, inner, block, axis, rounds, seed, masked, codebook]): EncodedTensor => {
    const groups = { count, inner, block: Math.min(block, axis), axis }
    const length = count * inner * axis * rounds
    const tables = groupCount(groups, length)
    const drawn = (index: number): number => (Math.imul(seed + index, 2654435761) >>> 13) % 4
    const codes = Uint8Array.from({ length }, (_, index) => drawn(index))
    const spec = {
      name: 'k',
      shape: [length],
      dtype: 'float32',
      role: 'kernel',
      layerName: 'k',
      layerKind: 'dense',
      channel: { count: 1, inner: length },
    } as const
    if (codebook) {
      const levels = Float32Array.from({ length: 4 * tables }, (_, index) => drawn(index + 7) - 1)
      return { kind: 'codebook', spec, bits: 2, codes, groups, levels }
    }
    return {
      kind: 'affine',
      spec,
      bits: 2,
      codes,
      groups,
      scale: Float32Array.from({ length: tables }, (_, index) => 0.1 * (index + 1)),
      zeroPoint: Float64Array.from({ length: tables }, (_, index) => drawn(index + 3) / 2 + 1),
      mask: masked ? Uint8Array.from({ length }, (_, index) => drawn(index + 5) & 1) : null,
    }
  })

it('zeros are counted and found as in the restored weights, whatever the layout', () => {
  fc.assert(
    fc.property(tensors, (tensor) => {
      const restored = decode(tensor)
      expect([...nonZeroPattern(tensor)]).toEqual(Array.from(restored, (w) => (w === 0 ? 0 : 1)))
      expect(countCodes(tensor).zeros).toBe(restored.filter((w) => w === 0).length)
    }),
    { seed: 8, numRuns: 300 },
  )
})
