import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { outputEnergy, rowsOf } from './output-error'

const spec = (...shape: number[]) =>
  ({ shape, role: 'kernel', channel: { count: shape.at(-1), inner: 1 } }) as const

describe('the error of outputs by the second moments of inputs', () => {
  it('is what samples with independent inputs of mean 0 show', () => {
    const random = createRandom(3)
    const [inputs, outputs, samples] = [4, 3, 40_000]
    const scales = [0.1, 1, 2, 5]
    const values = Float32Array.from({ length: inputs * outputs }, () => random.normal())
    const changed = values.map((value) => value + 0.2 * random.normal())
    let [moved, whole] = [0, 0]
    for (let sample = 0; sample < samples; sample++) {
      const x = scales.map((scale) => scale * random.normal())
      for (let output = 0; output < outputs; output++) {
        const sum = (weights: Float32Array): number =>
          x.reduce((all, value, input) => all + value * (weights[input * outputs + output] ?? 0), 0)
        whole += sum(values) ** 2 / samples
        moved += (sum(values) - sum(changed)) ** 2 / samples
      }
    }
    const moments = Float64Array.from(scales, (scale) => scale ** 2)
    const energy = outputEnergy(rowsOf(spec(inputs, outputs), values, moments), changed)
    expect(energy.moved / moved).toBeCloseTo(1, 1)
    expect(energy.whole / whole).toBeCloseTo(1, 1)
  })

  it('weighs each offset of a convolution by its input channel', () => {
    const values = new Float32Array(2 * 2 * 3).fill(1)
    const { moments, columns } = rowsOf(spec(2, 2, 3), values, Float64Array.of(7, 9))
    expect([...moments]).toEqual([7, 9, 7, 9])
    expect(columns).toBe(3)
  })

  it('is the same of a matrix that has a row for each output', () => {
    const random = createRandom(4)
    const [inputs, outputs] = [3, 3]
    const values = Float32Array.from({ length: 9 }, () => random.normal())
    const changed = values.map((value) => value + random.normal())
    const turned = (matrix: Float32Array): Float32Array =>
      matrix.map((_, at) => matrix[(at % inputs) * outputs + Math.floor(at / inputs)] ?? NaN)
    const rows = { ...spec(outputs, inputs), channel: { count: outputs, inner: inputs } }
    const moments = Float64Array.of(0.5, 3, 7)
    const found = outputEnergy(rowsOf(rows, turned(values), moments), turned(changed))
    const wanted = outputEnergy(rowsOf(spec(inputs, outputs), values, moments), changed)
    expect(found.moved).toBeCloseTo(wanted.moved, 10)
    expect(found.whole).toBeCloseTo(wanted.whole, 10)
  })

  it('takes inputs to be alike where moments are not known or are of other inputs', () => {
    const values = new Float32Array(6).fill(1)
    expect([...rowsOf(spec(3, 2), values, null).moments]).toEqual([1, 1, 1])
    expect([...rowsOf(spec(3, 2), values, Float64Array.of(4, 5)).moments]).toEqual([1, 1, 1])
  })
})
