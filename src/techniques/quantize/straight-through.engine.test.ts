import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { smallValues } from '../../../testing/techniques/small-values'
import { decode } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { groupsOf } from './encoding'
import { clipTo, rangeGradient, sumsForRanges } from './learned-range'
import { encode } from './quantize'
import type { QuantizeSettings } from './quantize-settings'
import { withRanges } from './range-choice'
import { rangeShape, straightThrough, throughLearnedRange } from './straight-through.engine'

const dense: TensorSpec = {
  name: 'w',
  dtype: 'float32',
  layerName: 'layer',
  shape: [40, 10],
  channel: { count: 10, inner: 1 },
  role: 'kernel',
  layerKind: 'dense',
}

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
    const weights = smallValues(400, 1)
    const outer = smallValues(400, 2)
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
    const weights = smallValues(400, 3)
    const range = withRanges(spec, weights, null, { ...how, range: 'mse' }).ranges
    const outer = smallValues(400, 4)
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
    const sums = sumsForRanges(clipped, restored, outer, groups, ends)
    const expected = rangeGradient(sums, ends, even, scale)
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
        const weights = smallValues(400, bits)
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
