import { expect, test } from 'vitest'
import { decode } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { encode } from './quantize'

test('one filter with large weights ruins all others with one range, and none with ranges of their own', () => {
  // As a convolution of PyTorch has them: filters first.
  const spec: TensorSpec = {
    ...{ name: 'outlier', layerName: 'outlier', shape: [8, 3, 3, 3] },
    dtype: 'float32',
    role: 'kernel',
    layerKind: 'convolution',
    channel: { count: 8, inner: 27 },
  }
  const values = Float32Array.from({ length: 216 }, (_, at) =>
    Math.fround(Math.sin(1 + at * at) * (Math.floor(at / 27) === 5 ? 400 : 1)),
  )
  const lost = (granularity: 'perTensor' | 'perChannel'): number[] => {
    const settings = { scheme: 'affine', symmetry: 'asymmetric', granularity } as const
    const { tensor } = encode(spec, values, null, { action: 'quantize', bits: 8, ...settings })
    const decoded = decode(tensor)
    return Array.from({ length: 8 }, (_, filter) => {
      const own = values.slice(27 * filter, 27 * filter + 27)
      const power = own.reduce((sum, value) => sum + value ** 2, 0)
      const error = own.reduce(
        (sum, value, at) => sum + (value - (decoded[27 * filter + at] ?? NaN)) ** 2,
        0,
      )
      return error / power
    })
  }
  expect(Math.min(...lost('perTensor').toSpliced(5, 1))).toBeGreaterThan(0.5)
  expect(Math.max(...lost('perChannel'))).toBeLessThan(1e-4)
})
