import { describe, expect, it } from 'vitest'
import type { AffineTensor } from './encoded-tensor'
import { groupsOfChannels, oneGroup } from './group-layout'
import type { TensorSpec } from './tensor-spec'
import { deadChannels, maskedChannels, rareFrom, weightShape } from './weight-shape'

function specOf(shape: readonly [number, number], inner = 1): TensorSpec {
  const channel = { count: shape[inner === 1 ? 1 : 0], inner }
  return {
    ...{ name: 'a/kernel', shape, dtype: 'float32', role: 'kernel', layerName: 'a' },
    ...{ layerKind: 'dense', channel },
  } as const
}

describe('the shape of weights', () => {
  it('tells how much of the range one weight in a thousand takes', () => {
    const even = Float32Array.from({ length: 4000 }, (_, at) => (at - 2000) / 2000)
    expect(weightShape({ spec: specOf([1000, 4]), values: even }).tail).toBeLessThan(0.01)
    const far = Float32Array.from({ length: 4000 }, (_, at) => (at < 4 ? -10 : (at % 100) / 100))
    expect(weightShape({ spec: specOf([1000, 4]), values: far }).tail).toBeCloseTo(0.9, 2)
    // Five are more than one in a thousand.
    const more = Float32Array.from(far, (value, at) => (at === 4 ? 10 : value))
    expect(weightShape({ spec: specOf([1000, 4]), values: more }).tail).toBe(0)
  })

  it('tells how much further the widest channel reaches than the middle one', () => {
    const values = Float32Array.from({ length: 30 }, (_, at) => [0.1, -0.2, 1, 0, 0.2][at % 5] ?? 0)
    expect(weightShape({ spec: specOf([6, 5]), values }).spread).toBeCloseTo(5)
    expect(weightShape({ spec: specOf([6, 5]), values: new Float32Array(30) })).toEqual({
      ...{ tail: 0, spread: 1 },
    })
    // Channels that lie together.
    const runs = Float32Array.from([1, -4, 1, 1, 2, 2])
    expect(weightShape({ spec: specOf([3, 2], 2), values: runs }).spread).toBeCloseTo(2)
  })

  it('finds the outermost bins that hold few', () => {
    expect(rareFrom([900, 98, 1, 0, 1], 1000)).toBe(3)
    expect(rareFrom([900, 98, 0, 0, 2], 1000)).toBe(5)
    expect(rareFrom([], 0)).toBe(0)
  })
})

describe('output channels without weights', () => {
  const spec = specOf([3, 4])
  const codes = Uint8Array.from([1, 2, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0])
  const affine = (change: Partial<AffineTensor>): AffineTensor => ({
    ...{ kind: 'affine', spec, codes, bits: 2, groups: oneGroup(12), mask: null },
    ...{ scale: Float32Array.of(0.5), zeroPoint: Float64Array.of(1) },
    ...change,
  })

  it('are counted in floats, codes and under masks', () => {
    const values = Float32Array.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, -0])
    expect(deadChannels(spec.channel, { kind: 'float', spec, values })).toBe(2)
    expect(deadChannels(spec.channel, affine({}))).toBe(2)
    const mask = Uint8Array.from([1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0])
    expect(deadChannels(spec.channel, affine({ mask }))).toBe(3)
    const masked = (): number =>
      maskedChannels(spec.channel, mask.length, (from, to) => mask.subarray(from, to))
    expect(masked()).toBe(0)
    mask.fill(0)
    expect(masked()).toBe(4)
  })

  it('are counted where each channel has a zero of its own', () => {
    const groups = groupsOfChannels(spec.channel, 12)
    const scale = Float32Array.of(1, 1, 1, 1)
    const zeroPoint = Float64Array.of(1, 1, 0, 0)
    expect(deadChannels(spec.channel, affine({ groups, scale, zeroPoint }))).toBe(2)
  })
})
