import { describe, expect, it } from 'vitest'
import { affineLevel, affineLevels, decode, sharedLevels } from './encoded-tensor'
import type { AffineTensor, CodebookTensor } from './encoded-tensor'
import { groupsOfChannels, oneGroup } from './group-layout'
import { createRandom } from './random'
import type { TensorSpec } from './tensor-spec'

const random = createRandom(3)

function specOf(count: number, inner: number, rounds: number): TensorSpec {
  return {
    name: 'k',
    shape: [rounds, count, inner],
    dtype: 'float32',
    role: 'kernel',
    layerName: 'k',
    layerKind: 'dense',
    channel: { count, inner },
  }
}

const layouts = [
  { count: 1, inner: 1, rounds: 12 },
  { count: 5, inner: 1, rounds: 7 },
  { count: 4, inner: 3, rounds: 5 },
  { count: 3, inner: 6, rounds: 1 },
]
const widths = [1, 4, 8, 9, 16]
const combinations = layouts.flatMap((layout) => widths.map((bits) => ({ ...layout, bits })))

function codesOf(bits: number, length: number): Uint8Array | Uint16Array {
  const codes = bits <= 8 ? new Uint8Array(length) : new Uint16Array(length)
  return codes.map(() => random.below(2 ** bits))
}

describe.each(combinations)('decode, $bits bits, channels $count, inner $inner', (layout) => {
  const { count, inner, rounds, bits } = layout
  const spec = specOf(count, inner, rounds)
  const length = rounds * count * inner
  const channelOf = (i: number): number => Math.floor(i / inner) % count

  it.each(['per tensor', 'per channel'])('affine %s is the level of each code', (granularity) => {
    const channels = granularity === 'per tensor' ? 1 : count
    const tensor: AffineTensor = {
      kind: 'affine',
      spec,
      bits,
      codes: codesOf(bits, length),
      groups: channels === 1 ? oneGroup(length) : groupsOfChannels(spec.channel, length),
      scale: Float32Array.from({ length: channels }, () => random.uniform() * 1e-3),
      zeroPoint: Float64Array.from({ length: channels }, () => random.below(2 ** bits) - 0.5),
      mask: Uint8Array.from({ length }, () => random.below(2)),
    }
    const restored = decode(tensor)
    const unmasked = decode({ ...tensor, mask: null })
    tensor.codes.forEach((code, i) => {
      const channel = channels === 1 ? 0 : channelOf(i)
      const level = affineLevel(code, tensor.scale[channel] ?? 0, tensor.zeroPoint[channel] ?? 0)
      expect(unmasked[i]).toBe(level)
      expect(affineLevels(tensor, channel)[code]).toBe(level)
      expect(restored[i]).toBe(tensor.mask?.[i] === 0 ? 0 : level)
    })
    expect(sharedLevels(tensor) === null).toBe(channels > 1)
  })

  it('codebook looks its group up', () => {
    for (const groups of new Set([1, count])) {
      const tensor: CodebookTensor = {
        kind: 'codebook',
        spec,
        bits,
        codes: codesOf(bits, length),
        groups: groups === 1 ? oneGroup(length) : groupsOfChannels(spec.channel, length),
        levels: Float32Array.from({ length: groups * 2 ** bits }, () => random.normal()),
      }
      const restored = decode(tensor)
      tensor.codes.forEach((code, i) => {
        const group = groups === 1 ? 0 : channelOf(i)
        expect(restored[i]).toBe(tensor.levels[group * 2 ** bits + code])
      })
    }
  })
})

describe('decode', () => {
  it('rounds once, from double, as stock TensorFlow.js does', () => {
    // 0.1 * 3 - 0.3 in double is 5.55e-17; in float32 arithmetic it would be another number.
    const tensor: AffineTensor = {
      kind: 'affine',
      spec: specOf(1, 1, 1),
      bits: 2,
      codes: Uint8Array.of(3),
      groups: oneGroup(1),
      scale: Float32Array.of(0.1),
      zeroPoint: Float64Array.of(2.9999999),
      fromFile: { scale: 0.1, min: -0.3 },
      mask: null,
    }
    expect(decode(tensor)[0]).toBe(Math.fround(3 * 0.1 - 0.3))
    expect(decode(tensor)[0]).not.toBe(0)
  })

  it('hands float values out as they are', () => {
    const values = Float32Array.of(1, -0, 2)
    expect(decode({ kind: 'float', spec: specOf(1, 1, 3), values })).toBe(values)
  })
})
