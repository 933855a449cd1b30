import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { smallValues } from '../../../testing/techniques/small-values'
import { decode } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { fakeQuantize } from './fake-quantize.engine'
import type { RangeTensors } from './fake-quantize.engine'
import { rangeShape } from './straight-through.engine'
import { encode } from './quantize'
import type { QuantizeSettings } from './quantize-settings'
import { withRanges } from './range-choice'

/** How near to the edge of a bin float32 may decide otherwise, in units of weights. */
const EDGE = 1e-6

const layouts: readonly Pick<TensorSpec, 'shape' | 'channel' | 'role' | 'layerKind'>[] = [
  {
    shape: [3, 3, 4, 8],
    channel: { count: 8, inner: 1 },
    role: 'kernel',
    layerKind: 'convolution',
  },
  {
    shape: [3, 3, 8, 4],
    channel: { count: 8, inner: 4 },
    role: 'kernel',
    layerKind: 'convolution',
  },
  { shape: [40, 10], channel: { count: 10, inner: 1 }, role: 'kernel', layerKind: 'dense' },
  {
    shape: [2, 2, 20, 5],
    channel: { count: 5, inner: 1 },
    role: 'kernel',
    layerKind: 'convolution',
  },
  {
    shape: [2, 2, 5, 20],
    channel: { count: 5, inner: 20 },
    role: 'kernel',
    layerKind: 'convolution',
  },
]

function specOf(layout: (typeof layouts)[number]): TensorSpec {
  return { name: 'w', dtype: 'float32', layerName: 'layer', ...layout }
}

const schemes = [
  { scheme: 'linear', symmetry: 'asymmetric' },
  { scheme: 'affine', symmetry: 'asymmetric' },
  { scheme: 'affine', symmetry: 'symmetric' },
  { scheme: 'mean', symmetry: 'asymmetric' },
] as const

const minMax: QuantizeSettings[] = schemes.flatMap((scheme) =>
  (['perTensor', 'perChannel', 'perGroup'] as const).flatMap((granularity) =>
    [1, 2, 3, 4, 6, 8]
      .filter((bits) => bits > 1 || scheme.symmetry !== 'symmetric')
      // Every weight is compared with every bin of its group: ten seconds, and nothing that 6 bits do not show.
      .filter((bits) => bits < 8 || scheme.scheme !== 'mean' || granularity !== 'perGroup')
      .map((bits) => ({ action: 'quantize', ...scheme, granularity, groupSize: 8, bits }) as const),
  ),
)

const settings: QuantizeSettings[] = [
  ...minMax,
  ...minMax
    .filter(({ bits, granularity }) => bits === 3 && granularity !== 'perTensor')
    .flatMap((how) => [
      { ...how, range: 'mse' as const },
      { ...how, range: 'percentile' as const, percentile: 85 },
    ]),
]

/** Ranges as a training step hands them to operators. */
function rangesOn(
  spec: TensorSpec,
  weights: Float32Array,
  mask: Uint8Array | null,
  how: QuantizeSettings,
): RangeTensors | null {
  if (how.range === undefined) return null
  const { low, high } = withRanges(spec, weights, mask, how).ranges
  const shape = rangeShape({ spec, settings: how })
  return { low: tf.tensor(low, shape), high: tf.tensor(high, shape) }
}

/** Those of the weights at `where` that a small change moves into another bin. */
function atEdges(
  spec: TensorSpec,
  weights: Float32Array,
  mask: Uint8Array | null,
  how: QuantizeSettings,
  where: readonly number[],
): number[] {
  const before = codesOf(spec, weights, mask, how)
  const after = [-EDGE, EDGE].map((step) => {
    const moved = weights.slice()
    for (const at of where) moved[at] = (moved[at] ?? 0) + step
    return codesOf(spec, moved, mask, how)
  })
  return where.filter((at) => after.some((codes) => codes[at] !== before[at]))
}

function codesOf(
  spec: TensorSpec,
  weights: Float32Array,
  mask: Uint8Array | null,
  how: QuantizeSettings,
): ArrayLike<number> {
  return encode(spec, weights, mask, how).tensor.codes
}

describe('fake quantization by operators', () => {
  beforeAll(async () => {
    // It has every operator, as GPUs have; on WebAssembly the file's own code runs instead.
    await tf.setBackend('cpu')
  })

  it.each(settings)(
    'agrees with the file: $scheme $symmetry $granularity $bits bits $range',
    (how) => {
      let differing = 0
      let all = 0
      layouts.forEach((layout, index) => {
        const spec = specOf(layout)
        const length = layout.shape.reduce((product, side) => product * side, 1)
        for (const pruned of [false, true]) {
          const weights = smallValues(length, 10 * index + how.bits)
          const mask = pruned ? Uint8Array.from(weights, (w) => (Math.abs(w) > 0.05 ? 1 : 0)) : null
          mask?.forEach((kept, at) => {
            if (kept === 0) weights[at] = 0
          })
          const expected = decode(encode(spec, weights, mask, how).tensor)
          const found = tf.tidy(() => {
            const maskTensor =
              mask === null ? null : tf.tensor(Float32Array.from(mask), [...spec.shape])
            const ranges = rangesOn(spec, weights, mask, how)
            const tensor = tf.tensor(weights, [...spec.shape])
            return fakeQuantize(tensor, spec, maskTensor, how, ranges).dataSync()
          })
          const tolerance = how.scheme === 'mean' ? 1e-4 : 1e-6
          const elsewhere = Array.from(found, (value, at) => ({ value, at }))
            .filter(({ value, at }) => !(Math.abs(value - (expected[at] ?? NaN)) <= tolerance))
            .map(({ at }) => at)
          all += found.length
          differing += elsewhere.length
          if (elsewhere.length > 0)
            expect(atEdges(spec, weights, mask, how, elsewhere)).toEqual(elsewhere)
        }
      })
      expect(all).toBeGreaterThan(1900)
      // Ends of ranges lie on edges by definition: at most one in each channel.
      expect(differing).toBeLessThanOrEqual(0.02 * all)
    },
  )
})
