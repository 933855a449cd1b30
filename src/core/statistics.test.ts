import { describe, expect, it } from 'vitest'
import type { EncodedTensor } from './encoded-tensor'
import { decode } from './encoded-tensor'
import { groupsOfChannels, oneGroup } from './group-layout'
import { createRandom } from './random'
import {
  addErrors,
  addMoments,
  errorPower,
  meanSquaredError,
  noteZeroRange,
  sqnrDb,
  standardDeviation,
  weightStatistics,
  zeroRange,
} from './statistics'
import type { TensorSpec } from './tensor-spec'

function specOf(count: number): TensorSpec {
  return {
    name: 'k',
    shape: [2, count],
    dtype: 'float32',
    role: 'kernel',
    layerName: 'k',
    layerKind: 'dense',
    channel: { count, inner: 1 },
  }
}

describe('weight statistics', () => {
  it('of a small array', () => {
    expect(weightStatistics(Float32Array.of(1, -2, 0, 0.5))).toEqual({
      count: 4,
      zeros: 1,
      min: -2,
      max: 1,
      sum: -0.5,
      absoluteSum: 3.5,
      squareSum: 5.25,
      firstNonFinite: -1,
    })
  })

  it('of nothing', () => {
    expect(weightStatistics(new Float32Array(0))).toMatchObject({ count: 0, min: 0, max: 0 })
    expect(standardDeviation({ count: 0, sum: 0, squareSum: 0 })).toBe(0)
  })

  it.each([
    [Float32Array.of(1, NaN, Infinity), 1],
    [Float32Array.of(1, 2, -Infinity), 2],
  ])('find the first value that is not finite', (values, index) => {
    expect(weightStatistics(values).firstNonFinite).toBe(index)
  })

  it('combine into one standard deviation', () => {
    const left = Float32Array.of(1, 3)
    const right = Float32Array.of(5, 7, 9)
    const sigma = standardDeviation(addMoments([weightStatistics(left), weightStatistics(right)]))
    expect(sigma).toBeCloseTo(Math.sqrt(8), 12)
    expect(standardDeviation(weightStatistics(new Float32Array(100).fill(0.1)))).toBeLessThan(1e-8)
  })
})

describe('zero range', () => {
  it('contains zero', () => {
    expect(zeroRange(Float32Array.of(1, 2))).toEqual({ low: 0, high: 2 })
    expect(zeroRange(Float32Array.of(-1, -2))).toEqual({ low: -2, high: 0 })
    expect(zeroRange(Float32Array.of(0.5, NaN)).low).toBeNaN()
  })

  it('is the same from statistics that are known and from a note', () => {
    const values = Float32Array.of(-0.25, 0.125)
    weightStatistics(values)
    expect(zeroRange(values)).toEqual({ low: -0.25, high: 0.125 })
    const noted = Float32Array.of(3)
    noteZeroRange(noted, { low: 0, high: 3 })
    expect(zeroRange(noted)).toEqual({ low: 0, high: 3 })
  })
})

describe('error power', () => {
  const random = createRandom(5)
  const original = Float32Array.from({ length: 7 * 2 }, () => random.normal())
  const codes = Uint8Array.from(original, (_, i) => i % 4)
  const perTensor: EncodedTensor = {
    kind: 'affine',
    spec: specOf(7),
    bits: 2,
    codes,
    groups: oneGroup(14),
    scale: Float32Array.of(0.3),
    zeroPoint: Float64Array.of(1),
    mask: null,
  }
  const tensors: Record<string, EncodedTensor> = {
    'per tensor': perTensor,
    'odd length': { ...perTensor, codes: codes.slice(0, 13) },
    masked: { ...perTensor, mask: codes.map((code) => code & 1) },
    'per channel': {
      ...perTensor,
      groups: groupsOfChannels(specOf(7).channel, 14),
      scale: Float32Array.from({ length: 7 }, (_, i) => 0.1 * (i + 1)),
      zeroPoint: new Float64Array(7).fill(1.5),
    },
    codebook: {
      kind: 'codebook',
      spec: specOf(7),
      bits: 2,
      codes,
      groups: oneGroup(14),
      levels: Float32Array.of(-1, 0, 0.5, 2),
    },
    float: { kind: 'float', spec: specOf(7), values: original.map((w) => w * 0.5) },
  }

  it.each(Object.keys(tensors))('equals the plain sum over decoded weights: %s', (name) => {
    const tensor = tensors[name] ?? perTensor
    const restored = decode(tensor)
    const source = original.slice(0, restored.length)
    const power = errorPower(source, tensor)
    const plain = source.reduce((sum, w, i) => sum + (w - (restored[i] ?? 0)) ** 2, 0)
    expect(power.squaredError).toBeCloseTo(plain, 10)
    expect(power.signal).toBeCloseTo(
      source.reduce((sum, w) => sum + w * w, 0),
      10,
    )
    expect(meanSquaredError(power)).toBeCloseTo(plain / restored.length, 10)
  })

  it('is zero for untouched weights, and then there is no ratio', () => {
    const power = errorPower(original, { kind: 'float', spec: specOf(7), values: original })
    expect(power.squaredError).toBe(0)
    expect(sqnrDb(power)).toBeNull()
  })

  it('gives 20 dB for an error of a tenth', () => {
    const values = original.map((w) => w * 0.9)
    const db = sqnrDb(errorPower(original, { kind: 'float', spec: specOf(7), values }))
    expect(db).toBeCloseTo(20, 4)
  })

  it('adds up', () => {
    const part = { count: 2, squaredError: 1, signal: 100 }
    expect(sqnrDb(addErrors([part, part]))).toBe(20)
    expect(meanSquaredError(addErrors([]))).toBe(0)
  })
})
