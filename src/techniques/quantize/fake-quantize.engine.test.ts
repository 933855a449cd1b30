import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { decode } from '../../core/encoded-tensor'
import { createRandom } from '../../core/random'
import type { TensorSpec } from '../../core/tensor-spec'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { groupsOf } from './encoding'
import { fakeQuantize } from './fake-quantize.engine'
import type { RangeTensors } from './fake-quantize.engine'
import { rangeShape, straightThrough, throughLearnedRange } from './straight-through.engine'
import { clipTo, rangeGradient } from './learned-range'
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

function values(length: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length }, () => 0.1 * random.normal())
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
          const weights = values(length, 10 * index + how.bits)
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

const dense = specOf({
  shape: [40, 10],
  channel: { count: 10, inner: 1 },
  role: 'kernel',
  layerKind: 'dense',
})

describe('straight-through', () => {
  beforeAll(() => startWasmBackend())

  it('gives the file its values and lets the gradient through', () => {
    const spec = dense
    const how: QuantizeSettings = {
      action: 'quantize',
      scheme: 'affine',
      symmetry: 'asymmetric',
      granularity: 'perChannel',
      bits: 3,
    }
    const weights = values(400, 1)
    const outer = values(400, 2)
    const { value, grad } = tf.tidy(() => {
      const f = (w: tf.Tensor) =>
        straightThrough(w, { spec, settings: how }, null)
          .mul(tf.tensor(outer, [40, 10]))
          .sum()
      const w = tf.tensor(weights, [40, 10])
      return {
        value: straightThrough(w, { spec, settings: how }, null).dataSync(),
        grad: tf.grad(f)(w).dataSync(),
      }
    })
    expect(Array.from(value)).toEqual(Array.from(decode(encode(spec, weights, null, how).tensor)))
    expect(Array.from(grad)).toEqual(Array.from(outer))
  })
})

describe('learned ranges', () => {
  beforeAll(() => startWasmBackend())

  const spec = dense

  it.each([
    ['symmetric', 'perChannel', true],
    ['symmetric', 'perChannel', false],
    ['asymmetric', 'perChannel', true],
    ['asymmetric', 'perChannel', false],
    ['symmetric', 'perGroup', false],
    ['asymmetric', 'perGroup', true],
    ['asymmetric', 'perGroup', false],
  ] as const)('have the gradients of their formula: %s %s, at hand %s', (...settings) => {
    const [symmetry, granularity, atHand] = settings
    const how: QuantizeSettings = {
      action: 'quantize',
      scheme: 'affine',
      symmetry,
      granularity,
      groupSize: 16,
      bits: 2,
    }
    const groups = groupsOf(spec, 400, how)
    const shape = rangeShape({ spec, settings: how })
    const weights = values(400, 3)
    const range = withRanges(spec, weights, null, { ...how, range: 'mse' }).ranges
    const outer = values(400, 4)
    const low =
      symmetry === 'symmetric'
        ? null
        : tf.variable(
            logs(
              range.low.map((end) => -end),
              shape,
            ),
          )
    const high = tf.variable(logs(range.high, shape))
    const { grads } = tf.variableGrads(
      () =>
        throughLearnedRange(
          tf.tensor(weights, [40, 10]),
          { spec, settings: how },
          null,
          { low, high },
          atHand,
        )
          .mul(tf.tensor(outer, [40, 10]))
          .sum()
          .asScalar(),
      low === null ? [high] : [high, low],
    )
    const upper = high.dataSync<'float32'>().map(Math.exp)
    const lower = low?.dataSync<'float32'>().map(Math.exp) ?? upper
    const ends = { low: lower.map((end) => -end), high: upper }
    const clipped = weights.slice()
    clipTo(clipped, groups, ends)
    const restored = decode(encode(spec, clipped, null, how).tensor)
    const scale = 1 / Math.sqrt((400 / (granularity === 'perGroup' ? 30 : 10)) * 2)
    const even = low === null
    const expected = rangeGradient(clipped, restored, outer, groups, ends, even, scale)
    const compare = (variable: tf.Variable, wanted: Float32Array): void => {
      grads[variable.name]?.dataSync().forEach((value, at) => {
        expect(value).toBeCloseTo(wanted[at] ?? NaN, 5)
      })
    }
    compare(high, expected.high)
    if (low !== null) compare(low, expected.low)
    expect(Object.keys(grads)).toHaveLength(even ? 1 : 2)
    tf.dispose([high, low ?? [], Object.values(grads)])
  })

  it('are the best of those that were tried, never worse than the whole range', () => {
    for (const symmetry of ['symmetric', 'asymmetric'] as const)
      for (const bits of [2, 3, 4]) {
        const how: QuantizeSettings = {
          action: 'quantize',
          scheme: 'affine',
          symmetry,
          granularity: 'perChannel',
          bits,
        }
        const weights = values(400, bits)
        const error = (w: Float32Array): number =>
          decode(encode(spec, w, null, how).tensor).reduce(
            (sum, value, at) => sum + (value - (weights[at] ?? 0)) ** 2,
            0,
          )
        const clipped = weights.slice()
        clipTo(
          clipped,
          groupsOf(spec, 400, how),
          withRanges(spec, weights, null, { ...how, range: 'mse' }).ranges,
        )
        expect(error(clipped)).toBeLessThanOrEqual(error(weights))
        if (bits === 2) expect(error(clipped)).toBeLessThan(0.8 * error(weights))
      }
  })
})

function logs(range: Float32Array, shape: [number, number, number, number]): tf.Tensor {
  return tf.tensor(range.map(Math.log), shape)
}
