import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TensorSpec } from './tensor-spec'
import { elementCount } from './tensor-spec'
import { weightPicture } from './weight-picture'

function spec(shape: readonly number[], change: Partial<TensorSpec> = {}): TensorSpec {
  return {
    name: 'layer/kernel',
    shape,
    dtype: 'float32',
    role: 'kernel',
    layerName: 'layer',
    layerKind: 'convolution',
    channel: { count: shape.at(-1) ?? 1, inner: 1 },
    ...change,
  }
}

const counting = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i + 1)

describe('a picture of weights', () => {
  it('gathers the places of each kernel of a convolution [h, w, in, out]', () => {
    const weights = counting(2 * 2 * 3 * 2)
    const picture = weightPicture(spec([2, 2, 3, 2]), weights, weights, 0)
    expect(picture).toMatchObject({ kind: 'kernels', inputs: 3, outputs: 2, from: 0, shown: 2 })
    // Output 1, input 2: index (place * 3 + 2) * 2 + 1 of the flat array.
    expect([...picture.before.slice((3 + 2) * 4, (3 + 3) * 4)]).toEqual([6, 12, 18, 24])
  })

  it('gives a depthwise convolution one kernel for each channel and multiple', () => {
    const weights = counting(1 * 2 * 2 * 2)
    const depthwise = spec([1, 2, 2, 2], { role: 'depthwiseKernel' })
    const picture = weightPicture(depthwise, weights, weights, 0)
    expect(picture).toMatchObject({ inputs: 1, outputs: 4, tile: { height: 1, width: 2 } })
    expect([...picture.after]).toEqual([1, 5, 2, 6, 3, 7, 4, 8])
  })

  it('knows that a transposed convolution keeps [h, w, out, in]', () => {
    const weights = counting(1 * 2 * 3 * 2)
    const transposed = spec([1, 2, 3, 2], { channel: { count: 3, inner: 2 } })
    const picture = weightPicture(transposed, weights, weights, 0)
    expect(picture).toMatchObject({ inputs: 2, outputs: 3 })
    expect([...picture.before.slice(0, 4)]).toEqual([1, 7, 2, 8])
  })

  it('knows the kernels of PyTorch: [out, in, h, w], and [in, out, h, w] of transposed ones', () => {
    const weights = counting(2 * 3 * 1 * 2)
    const first = spec([2, 3, 1, 2], { channel: { count: 2, inner: 6 } })
    const picture = weightPicture(first, weights, weights, 0)
    expect(picture).toMatchObject({ inputs: 3, outputs: 2, tile: { height: 1, width: 2 } })
    expect([...picture.before]).toEqual([...weights])
    const second = spec([2, 3, 1, 2], { channel: { count: 3, inner: 2 } })
    const transposed = weightPicture(second, weights, weights, 0)
    expect(transposed).toMatchObject({ inputs: 2, outputs: 3 })
    expect([...transposed.before]).toEqual([1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12])
  })

  it('draws what has no window as a matrix, with a row for each output', () => {
    const weights = Float32Array.of(1, 2, 3, 4, 5, 6)
    const picture = weightPicture(spec([3, 2]), weights, Float32Array.of(0, 2, 0, 4, 5, 0), 0)
    expect(picture).toMatchObject({ kind: 'matrix', block: [1, 1], scale: 6, inputs: 3 })
    expect([...picture.before]).toEqual([1, 3, 5, 2, 4, 6])
    expect([...picture.zerosAfter]).toEqual([255, 255, 0, 0, 0, 255])
    expect(picture.rows.map(({ zerosAfter }) => zerosAfter)).toEqual([2, 1])
    expect(picture.rows[1]?.normBefore).toBeCloseTo(Math.sqrt(4 + 16 + 36), 12)
    expect(weightPicture(spec([1, 1, 3, 2]), weights, weights, 0).kind).toBe('matrix')
    expect(weightPicture(spec([6]), weights, weights, 0)).toMatchObject({ inputs: 1, outputs: 6 })
  })

  it('shows the strongest weight and the share of zeros where a cell holds several', () => {
    const [inputs, outputs] = [2_049, 1_025]
    const before = new Float32Array(inputs * outputs)
    // Output 3, inputs 4 and 5 of the flat [in, out].
    before[4 * outputs + 3] = 1
    before[5 * outputs + 3] = -2
    const picture = weightPicture(spec([inputs, outputs]), before, before, 0)
    expect(picture.block).toEqual([3, 3])
    expect(picture.tile).toEqual({ height: 342, width: 683 })
    expect(picture.before[1 * 683 + 1]).toBe(-2)
    expect(picture.zerosBefore[1 * 683 + 1]).toBe(Math.round((255 * 7) / 9))
  })

  it('shows as many outputs as fit, from the one that was asked for', () => {
    const weights = new Float32Array(3 * 3 * 512 * 64)
    const many = spec([3, 3, 512, 64])
    const picture = weightPicture(many, weights, weights, 20)
    expect(picture).toMatchObject({ from: 20, shown: 14, outputs: 64 })
    expect(weightPicture(many, weights, weights, 1_000)).toMatchObject({ from: 50, shown: 14 })
    expect(weightPicture(many, weights, weights, -5).from).toBe(0)
  })

  it('loses no weight and no zero, whatever the shape', () => {
    const shapes = fc.oneof(
      fc.tuple(fc.nat(9), fc.nat(9)),
      fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)),
      fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    )
    fc.assert(
      fc.property(shapes, fc.boolean(), (sides, depthwise) => {
        const shape = sides.map((side) => side + 1)
        const length = elementCount(shape)
        const before = counting(length)
        const after = before.map((value) => (value % 3 === 0 ? 0 : value))
        const tensor = spec(shape, depthwise ? { role: 'depthwiseKernel' } : {})
        const picture = weightPicture(tensor, before, after, 0)
        expect([...picture.before].toSorted((a, b) => a - b)).toEqual([...before])
        const zeros = picture.rows.reduce((sum, row) => sum + row.zerosAfter, 0)
        expect(zeros).toBe(Math.floor(length / 3))
        expect(picture.rows.reduce((sum, row) => sum + row.weights, 0)).toBe(length)
      }),
    )
  })
})
