import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../testing/engine/both-kernel-modules'
import { decode } from '../../core/encoded-tensor'
import { isStudioError } from '../../core/errors'
import { createRandom } from '../../core/random'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import { groupsOf } from './encoding'
import { clipTo, rangeGradient, sumsForRanges } from './learned-range'
import { encode } from './quantize'
import type { QuantizeSettings } from './quantize-settings'
import {
  canRunKernels,
  clippedByKernel,
  quantizedByKernel,
  sumsByKernel,
} from './quantizing-kernels.engine'
import { withRanges } from './range-choice'

/** A weight of some shape, channels last, before the last axis, or first. */
const specs = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    axis: fc.nat(3),
    role: fc.constantFrom('kernel' as const, 'depthwiseKernel' as const),
  })
  .map(({ axis, role, shape }): TensorSpec => {
    const at = axis % shape.length
    const channel = { count: shape[at] ?? 1, inner: elementCount(shape.slice(at + 1)) }
    return {
      ...{ name: 'w', dtype: 'float32', layerName: 'layer', layerKind: 'convolution' },
      ...{ shape, channel, role },
    }
  })

const settings = fc.record({
  action: fc.constant('quantize' as const),
  scheme: fc.constantFrom('affine' as const, 'linear' as const),
  symmetry: fc.constantFrom('symmetric' as const, 'asymmetric' as const),
  granularity: fc.constantFrom('perTensor' as const, 'perChannel' as const, 'perGroup' as const),
  groupSize: fc.integer({ min: 2, max: 5 }),
  bits: fc.constantFrom(2, 3, 4, 8, 11, 16),
  range: fc.constantFrom(undefined, undefined, 'mse' as const, 'percentile' as const),
})

const affine = {
  action: 'quantize',
  scheme: 'affine',
  symmetry: 'asymmetric',
} as const satisfies Partial<QuantizeSettings>

/** Weights of many sizes: with levels that they lie on, zeros of either sign, equal ones, very small and large ones. */
function weightsOf(length: number, seed: number): Float32Array {
  const random = createRandom(seed)
  const size = 10 ** (random.uniform() * 8 - 6)
  const kind = random.below(6)
  return Float32Array.from({ length }, () => {
    switch (kind) {
      case 0:
        return (size * (random.below(33) - 16)) / 16
      case 1:
        return random.below(3) === 0 ? -0 : size * random.normal()
      case 2:
        return size
      case 3:
        return 1e-42 * random.below(50)
      default:
        return size * random.normal()
    }
  })
}

const bits = (values: Float32Array): Uint32Array =>
  new Uint32Array(Float32Array.from(values).buffer)

/** Where two arrays first differ by a bit; -1 where they do not. */
function firstApart(found: Float32Array, wanted: Float32Array): number {
  const [a, b] = [bits(found), bits(wanted)]
  return a.length === b.length ? a.findIndex((word, at) => word !== b[at]) : 0
}

function settled({
  range,
  ...how
}: Omit<QuantizeSettings, 'range'> & {
  readonly range: QuantizeSettings['range'] | undefined
}): QuantizeSettings {
  return range === undefined ? how : { ...how, range, percentile: 80 }
}

describe('kernels that quantize', () => {
  withBothKernelModules(() => {
    it('restore what the file does, bit for bit', () => {
      fc.assert(
        fc.property(specs, settings, fc.nat(), fc.boolean(), (spec, given, seed, masked) => {
          const how = settled(given)
          expect(canRunKernels(how)).toBe(true)
          const values = weightsOf(elementCount(spec.shape), seed)
          const mask = masked ? Uint8Array.from(values, (_, at) => (at * 7 + seed) & 1) : null
          mask?.forEach((kept, at) => {
            if (kept === 0) values[at] = 0
          })
          const wanted = decode(encode(spec, values, mask, how).tensor)
          const apart = tf.tidy(() => {
            const kept = mask && {
              bytes: mask,
              tensor: tf.tensor(Float32Array.from(mask), [...spec.shape]),
            }
            const weight = tf.tensor(values, [...spec.shape])
            const found = quantizedByKernel(weight, { spec, settings: how }, kept, null)
            return firstApart(found.dataSync<'float32'>(), wanted)
          })
          expect(apart).toBe(-1)
        }),
        { numRuns: 400 },
      )
    })

    it('clip to learned ends as the script does, and add up what these learn from', () => {
      fc.assert(
        fc.property(specs, settings, fc.nat(), (spec, given, seed) => {
          const how = settled({ ...given, range: undefined })
          const length = elementCount(spec.shape)
          const groups = groupsOf(spec, length, how)
          const values = weightsOf(length, seed)
          const whole = withRanges(spec, values, null, how).ranges
          const share = 0.4 + (seed % 7) / 10
          const ends = {
            low: whole.low.map((end) => Math.min(-1e-8, share * end)),
            high: whole.high.map((end) => Math.max(1e-8, share * end)),
          }
          const clipped = values.slice()
          clipTo(clipped, groups, ends)
          const restored = decode(encode(spec, clipped, null, how).tensor)
          const dy = weightsOf(length, seed + 1)
          tf.tidy(() => {
            const weight = tf.tensor(values, [...spec.shape])
            const within = clippedByKernel(weight, groups, ends).dataSync<'float32'>()
            expect(firstApart(within, clipped)).toBe(-1)
            const found = quantizedByKernel(weight, { spec, settings: how }, null, ends)
            expect(firstApart(found.dataSync<'float32'>(), restored)).toBe(-1)
            const sums = sumsByKernel(
              { weights: weight, restored: found, dy: tf.tensor(dy, [...spec.shape]) },
              groups,
              ends,
            )
            const wanted = sumsForRanges(clipped, restored, dy, groups, ends)
            const sizes = sumsForRanges(
              clipped,
              restored.map((value, at) => {
                const weightHere = clipped[at] ?? 0
                return weightHere + Math.abs(value - weightHere)
              }),
              dy.map(Math.abs),
              groups,
              ends,
            )
            for (const part of ['moved', 'top', 'bottom'] as const)
              for (let group = 0; group < sums[part].length; group++)
                expect(
                  Math.abs((sums[part][group] ?? NaN) - (wanted[part][group] ?? NaN)),
                ).toBeLessThanOrEqual(2e-6 * (sizes[part][group] ?? NaN) + 1e-37)
          })
        }),
        { numRuns: 200 },
      )
    })

    it('sum long runs and many rows as exactly', () => {
      const spec: TensorSpec = {
        ...{ name: 'w', dtype: 'float32', layerName: 'layer', layerKind: 'dense' },
        ...{ shape: [1203, 13], channel: { count: 13, inner: 1 }, role: 'kernel' },
      }
      const normal = (seed: number): Float32Array => {
        const random = createRandom(seed)
        return Float32Array.from({ length: 1203 * 13 }, () => random.normal())
      }
      for (const granularity of ['perTensor', 'perChannel', 'perGroup'] as const) {
        const how = { ...affine, granularity, groupSize: 300, bits: 4 }
        const [values, dy] = [normal(11), normal(17)]
        const groups = groupsOf(spec, values.length, how)
        const ends = withRanges(spec, values, null, { ...how, range: 'mse' }).ranges
        const clipped = values.slice()
        clipTo(clipped, groups, ends)
        const restored = decode(encode(spec, clipped, null, how).tensor)
        const wanted = rangeGradient(
          sumsForRanges(clipped, restored, dy, groups, ends),
          ...([ends, false, 1] as const),
        )
        const weights = tf.tensor(values, [1203, 13])
        const inputs = { weights, restored: tf.tensor(restored), dy: tf.tensor(dy) }
        const found = rangeGradient(sumsByKernel(inputs, groups, ends), ends, false, 1)
        tf.dispose(inputs)
        for (const end of ['low', 'high'] as const) {
          const largest = Math.max(...wanted[end].map(Math.abs))
          const apart = found[end].map((value, at) => Math.abs(value - (wanted[end][at] ?? NaN)))
          expect(Math.max(...apart)).toBeLessThan(1e-5 * largest)
        }
      }
    })

    it.each([NaN, Infinity, -Infinity])('refuse %s and say where it is', (bad) => {
      const spec: TensorSpec = {
        ...{ name: 'w', dtype: 'float32', layerName: 'layer', layerKind: 'dense' },
        ...{ shape: [5, 3], channel: { count: 3, inner: 1 }, role: 'kernel' },
      }
      for (const granularity of ['perTensor', 'perChannel'] as const) {
        const how = { ...affine, granularity, bits: 4 }
        const before = tf.memory().numTensors
        let thrown: unknown
        tf.tidy(() => {
          const values = weightsOf(15, 4)
          values[7] = bad
          try {
            quantizedByKernel(tf.tensor(values, [5, 3]), { spec, settings: how }, null, null)
          } catch (error) {
            thrown = error
          }
        })
        expect(isStudioError(thrown) && thrown.code).toBe('quantize/non-finite')
        expect(isStudioError(thrown) && thrown.params).toMatchObject({ tensor: 'w', index: 7 })
        expect(tf.memory().numTensors).toBe(before)
      }
    })
  })
})
