import { describe, expect, it } from 'vitest'
import { decode } from './encoded-tensor'
import type { AffineTensor } from './encoded-tensor'
import { groupsOfChannels, oneGroup } from './group-layout'
import { addEncodedToBins, addToBins, usedLevels } from './histogram'
import { createRandom } from './random'
import type { TensorSpec } from './tensor-spec'

const spec: TensorSpec = {
  name: 'k',
  shape: [300, 2],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'k',
  layerKind: 'dense',
  channel: { count: 2, inner: 1 },
}
const random = createRandom(9)
const groups = groupsOfChannels(spec.channel, 600)
const tensor: AffineTensor = {
  kind: 'affine',
  spec,
  bits: 5,
  codes: Uint8Array.from({ length: 600 }, () => random.below(32)),
  groups: oneGroup(600),
  scale: Float32Array.of(0.07),
  zeroPoint: Float64Array.of(15.5),
  mask: null,
}

describe('bins', () => {
  it('are equal and half open, the last one closed, the outside in the first and last', () => {
    const counts = new Float64Array(4)
    const values = Float32Array.of(-9, 0, 0.24, 0.25, 0.5, 0.99, 1, 9)
    addToBins(counts, values, { min: 0, max: 1, count: 4 })
    expect([...counts]).toEqual([3, 1, 1, 3])
  })

  it('put everything in one bin where the range is a point', () => {
    const counts = new Float64Array(3)
    addToBins(counts, Float32Array.of(2, 2), { min: 2, max: 2, count: 3 })
    expect([...counts]).toEqual([2, 0, 0])
  })

  it.each([
    ['shared levels', tensor],
    ['a mask', { ...tensor, mask: Uint8Array.from(tensor.codes, (code) => code & 1) }],
    [
      'channels',
      { ...tensor, groups, scale: Float32Array.of(0.1, 0.02), zeroPoint: Float64Array.of(3, 9) },
    ],
  ])('count an encoded tensor as its restored weights: %s', (_, encoded) => {
    const bins = { min: -1.1, max: 0.9, count: 37 }
    const fromCodes = new Float64Array(37)
    const fromWeights = new Float64Array(37)
    addEncodedToBins(fromCodes, encoded, bins)
    addToBins(fromWeights, decode(encoded), bins)
    expect(fromCodes).toEqual(fromWeights)
  })
})

describe('used levels', () => {
  it('are the distinct restored values', () => {
    const masked = { ...tensor, mask: Uint8Array.from(tensor.codes, (code) => (code > 7 ? 1 : 0)) }
    expect(usedLevels(masked)).toEqual([...new Set(decode(masked))].sort((a, b) => a - b))
  })

  it('are not listed when there are too many, or channels differ', () => {
    expect(usedLevels(tensor, 3)).toEqual([])
    expect(
      usedLevels({
        ...tensor,
        groups,
        scale: Float32Array.of(1, 2),
        zeroPoint: Float64Array.of(0, 0),
      }),
    ).toEqual([])
    expect(usedLevels({ kind: 'float', spec, values: new Float32Array(600) })).toEqual([])
  })
})
