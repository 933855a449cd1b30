import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import type { WeightTensor } from '../core/weight-tensor'
import { mostOfKernel, sampleKernel } from './kernel-sample'

function kernel(rows: number, columns: number): WeightTensor {
  const random = createRandom(1)
  return {
    spec: {
      ...{ name: 'k', shape: [rows, columns], dtype: 'float32', role: 'kernel' },
      ...{ layerName: 'k', layerKind: 'dense', channel: { count: columns, inner: 1 } },
    },
    values: Float32Array.from({ length: rows * columns }, () => random.normal()),
  }
}

describe('what is looked at of a kernel', () => {
  it('is all of a small one', () => {
    const weight = kernel(10, 10)
    const { rows, scale, weight: own } = sampleKernel(weight, null, 100)
    expect(own).toBe(weight)
    expect(rows.values).toBe(weight.values)
    expect(scale).toBe(1)
  })

  it('is rows of a large one, its extremes among them, each with its own moment', () => {
    const weight = kernel(1000, 10)
    weight.values[9_987] = 99
    weight.values[13] = -99
    const moments = Float64Array.from({ length: 1000 }, (_, row) => row)
    const sample = sampleKernel(weight, moments, 2000)
    const { shape } = sample.weight.spec
    expect(shape).toEqual([sample.rows.moments.length, 10])
    expect(sample.rows.values.length * sample.scale).toBe(10_000)
    expect(sample.rows.values.length).toBeLessThanOrEqual(2000)
    expect(Math.max(...sample.rows.values)).toBe(99)
    expect(Math.min(...sample.rows.values)).toBe(-99)
    sample.rows.moments.forEach((row, at) => {
      expect(sample.rows.values.subarray(10 * at, 10 * at + 10)).toEqual(
        weight.values.subarray(10 * row, 10 * row + 10),
      )
    })
  })

  it('is less of each where there are many', () => {
    expect(mostOfKernel(3)).toBe(65_536)
    expect(mostOfKernel(54)).toBe(19_418)
    expect(mostOfKernel(1000)).toBe(8192)
  })
})
