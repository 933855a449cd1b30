import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { affineLevel, decode } from '../../core/encoded-tensor'
import type { AffineTensor, CodebookTensor } from '../../core/encoded-tensor'
import { groupOf } from '../../core/group-layout'
import type { TensorSpec } from '../../core/tensor-spec'
import { affineErrors, encodeAffine } from './affine'
import { encode } from './quantize'
import { isEvenSided } from './quantize-settings'
import type { QuantizeSettings } from './quantize-settings'
import { withRanges } from './range-choice'

import {
  cases,
  parametersAt,
  settings,
  withSettings,
} from '../../../testing/techniques/quantize-cases'
import type { Case } from '../../../testing/techniques/quantize-cases'

describe('every scheme', () => {
  it('stores codes of at most `bits` bits and restores finite weights', () => {
    withSettings((_, { bits }, tensor) => {
      if (tensor.kind === 'float') throw new Error('not encoded')
      for (const code of tensor.codes) expect(code).toBeLessThan(2 ** bits)
      for (const restored of decode(tensor)) expect(Number.isFinite(restored)).toBe(true)
    })
  })

  it('leaves pruned weights exactly zero', () => {
    withSettings((source, _, tensor) => {
      const restored = decode(tensor)
      source.mask?.forEach((kept, i) => {
        if (kept === 0) expect(Math.abs(restored[i] ?? NaN)).toBe(0)
      })
    })
  })

  it('has one scale for each group of the layout', () => {
    withSettings((source, { bits }, tensor) => {
      if (tensor.kind === 'float') throw new Error('not encoded')
      const groups = new Set(Array.from(source.values, (_, i) => groupOf(tensor.groups, i)))
      const tables = tensor.kind === 'affine' ? tensor.scale.length : tensor.levels.length >> bits
      expect([...groups].sort((a, b) => a - b)).toEqual([...Array(tables).keys()])
    })
  })

  it('restores a weight from its code and its group alone, as the manifest would', () => {
    withSettings((source, _, tensor) => {
      if (tensor.kind !== 'affine') return
      const restored = decode(tensor)
      tensor.codes.forEach((code, i) => {
        const expected = tensor.mask?.[i] === 0 ? 0 : affineLevel(code, ...parametersAt(tensor, i))
        expect((restored[i] ?? NaN) + 0).toBe(expected + 0)
      })
    })
  })

  it('is deterministic', () => {
    withSettings((source, chosen, tensor) => {
      const { spec, values, mask } = source
      expect(encode(spec, values.slice(), mask?.slice() ?? null, chosen).tensor).toEqual(tensor)
    })
  })
})

/** What one rounding of the restored value to float32 may add, subnormals included. */
function rounding(restored: number, scale: number): number {
  return Math.abs(restored) * 2 ** -23 + scale * 1e-9 + 2 ** -149
}

describe('errors', () => {
  it('a scale is the next float32 above the step, so affine clips nothing', () => {
    withSettings((source, chosen, tensor) => {
      const { scheme, symmetry, bits } = chosen
      if (scheme !== 'affine' || tensor.kind !== 'affine') return
      expect(encode(source.spec, source.values, source.mask, chosen).clipped).toBe(0)
      tensor.scale.forEach((scale, group) => {
        const own = source.values.filter((_, i) => groupOf(tensor.groups, i) === group)
        const [low, high] = [Math.min(0, ...own), Math.max(0, ...own)]
        const step =
          symmetry === 'symmetric'
            ? Math.max(high, -low) / (2 ** (bits - 1) - 1)
            : (high - low) / (2 ** bits - 1)
        if (step === 0) return
        expect(scale).toBeGreaterThanOrEqual(step)
        expect(scale - step).toBeLessThanOrEqual(Math.max(step * 2 ** -23, 2 ** -149))
      })
    })
  })

  it('affine and linear stay within half a step', () => {
    withSettings((source, { scheme, bits }, tensor) => {
      if (tensor.kind !== 'affine') return
      const restored = decode(tensor)
      source.values.forEach((w, i) => {
        if (tensor.mask?.[i] === 0) return
        const [scale] = parametersAt(tensor, i)
        const error = Math.abs(w - (restored[i] ?? NaN))
        // Also where clipped: the largest weight is half a step from the middle of the last bin.
        expect(error, `${scheme} ${bits}`).toBeLessThanOrEqual(
          0.5 * scale + rounding(restored[i] ?? 0, scale * 2 ** bits),
        )
      })
    })
  })

  it('affine stays within half a step before the last rounding, to the precision of a double', () => {
    withSettings((source, { scheme, bits }, tensor) => {
      if (scheme !== 'affine' || tensor.kind !== 'affine') return
      source.values.forEach((w, i) => {
        const [scale, zeroPoint] = parametersAt(tensor, i)
        const level = ((tensor.codes[i] ?? NaN) - zeroPoint) * scale
        const doubt = (Math.abs(w) + scale * 2 ** bits) * 2 ** -52
        expect(Math.abs(w - level)).toBeLessThanOrEqual(scale / 2 + doubt)
      })
    })
  })

  it('the means of the bins are never worse than their midpoints', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 8 }), (source, bits) => {
        const base = { action: 'quantize', bits, symmetry: 'asymmetric' } as const
        const whole = { ...base, granularity: 'perTensor' } as const
        const { spec, values } = source
        const error = (scheme: 'linear' | 'mean'): number => {
          const restored = decode(encode(spec, values, null, { ...whole, scheme }).tensor)
          return values.reduce((sum, w, i) => sum + (w - (restored[i] ?? 0)) ** 2, 0)
        }
        expect(error('mean')).toBeLessThanOrEqual(error('linear') * (1 + 1e-6) + 1e-60)
      }),
      { seed: 32 },
    )
  })
})

describe('encoding what was restored', () => {
  it('affine gives the same zeros, and the same weights to within rounding', () => {
    fc.assert(
      fc.property(cases, settings, (source, chosen) => {
        const affine = { ...chosen, scheme: 'affine', bits: Math.max(2, chosen.bits) } as const
        const { spec } = source
        const once = decode(encode(spec, source.values, null, affine).tensor)
        const again = encode(spec, once, null, affine).tensor
        if (again.kind !== 'affine') throw new Error('not affine')
        const twice = decode(again)
        once.forEach((w, i) => {
          const [scale] = parametersAt(again, i)
          if (w === 0) expect(Math.abs(twice[i] ?? NaN)).toBe(0)
          expect(Math.abs((twice[i] ?? NaN) - w)).toBeLessThanOrEqual(
            0.5 * scale + rounding(w, scale * 2 ** affine.bits),
          )
        })
      }),
      { seed: 33, numRuns: 200 },
    )
  })

  it('symmetric codes come back unchanged where the largest weight does', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 12 }), (source, bits) => {
        const { spec } = source
        const chosen = {
          action: 'quantize',
          bits,
          scheme: 'affine',
          symmetry: 'symmetric',
          granularity: 'perTensor',
        } as const
        const first = encode(spec, source.values, null, chosen).tensor
        const restored = decode(first)
        const largest = (values: Float32Array): number => Math.max(...values.map(Math.abs))
        // Subnormal steps lose their last bits when restored to float32.
        fc.pre(largest(source.values) === largest(restored) && largest(restored) > 1e-30)
        expect(encode(spec, restored, null, chosen).tensor.codes).toEqual(first.codes)
      }),
      { seed: 34 },
    )
  })
})

const rangedSettings = fc
  .tuple(settings, fc.constantFrom('mse' as const, 'percentile' as const))
  .chain(([chosen, range]) =>
    fc.double({ min: 50, max: 100, noNaN: true }).map((percentile): QuantizeSettings => ({
      ...chosen,
      bits: Math.min(8, chosen.bits),
      range,
      ...(range === 'percentile' ? { percentile } : {}),
    })),
  )

/** Squared error of each group, in the order of the weights. */
function groupErrors({ values }: Case, tensor: AffineTensor | CodebookTensor): number[] {
  const errors: number[] = []
  decode(tensor).forEach((restored, i) => {
    const group = groupOf(tensor.groups, i)
    errors[group] = (errors[group] ?? 0) + ((values[i] ?? NaN) - restored) ** 2
  })
  return errors
}

describe('ranges', () => {
  it('have the error that codes within them have', () => {
    fc.assert(
      fc.property(cases, settings, ({ spec, values, mask }, chosen) => {
        const whole = withRanges(spec, values, mask, chosen)
        const { bits, symmetry } = chosen
        const shrink = (ends: Float32Array): Float32Array => ends.map((end) => end * 0.6)
        const ranges = { low: shrink(whole.ranges.low), high: shrink(whole.ranges.high) }
        const errors = affineErrors({ ...whole, ranges }, bits, symmetry)
        const { tensor } = encodeAffine({ ...whole, ranges }, bits, symmetry)
        const expected = Float64Array.from(errors, () => 0)
        const restored = decode(tensor)
        values.forEach((value, i) => {
          const error = value - (restored[i] ?? NaN)
          const group = groupOf(whole.groups, i)
          expected[group] = (expected[group] ?? NaN) + error * error
        })
        expect(errors).toEqual(expected)
      }),
    )
  })

  it('by mean squared error are never worse than the whole one, in any group', () => {
    fc.assert(
      fc.property(cases, settings, (source, chosen) => {
        const { spec, values, mask } = source
        const whole = groupErrors(source, encode(spec, values, mask, chosen).tensor)
        const found = encode(spec, values, mask, { ...chosen, range: 'mse' }).tensor
        groupErrors(source, found).forEach((error, group) => {
          expect(error).toBeLessThanOrEqual(whole[group] ?? NaN)
        })
      }),
      { seed: 35, numRuns: 200 },
    )
  })

  it('count as clipped what lies more than half a step from its level, affine', () => {
    fc.assert(
      fc.property(cases, rangedSettings, (source, chosen) => {
        const affine = { ...chosen, scheme: 'affine', bits: Math.max(2, chosen.bits) } as const
        const { tensor, clipped } = encode(source.spec, source.values, source.mask, affine)
        if (tensor.kind !== 'affine') throw new Error('not affine')
        let [surely, perhaps] = [0, 0]
        source.values.forEach((w, i) => {
          const [scale, zeroPoint] = parametersAt(tensor, i)
          const error = Math.abs(w - ((tensor.codes[i] ?? NaN) - zeroPoint) * scale)
          // A weight at the very edge may go either way: its quotient is rounded.
          const doubt = (Math.abs(w) + scale * 2 ** affine.bits) * 2 ** -52
          if (error > scale / 2 + doubt) surely++
          if (error > scale / 2 - doubt) perhaps++
        })
        expect(clipped).toBeGreaterThanOrEqual(surely)
        expect(clipped).toBeLessThanOrEqual(perhaps)
      }),
      { seed: 36, numRuns: 400 },
    )
  })

  it('by percentile leave no more weights outside than was asked', () => {
    fc.assert(
      fc.property(cases, rangedSettings, ({ spec, values, mask }, chosen) => {
        const percentile = chosen.percentile ?? 90
        const settings: QuantizeSettings = { ...chosen, range: 'percentile', percentile }
        const { groups, ranges } = withRanges(spec, values, mask, settings)
        const kept = Array.from(ranges.low, () => 0)
        const outside = Array.from(ranges.low, () => 0)
        values.forEach((w, i) => {
          if (mask?.[i] === 0) return
          const group = groupOf(groups, i)
          kept[group] = (kept[group] ?? 0) + 1
          const within = w >= (ranges.low[group] ?? NaN) && w <= (ranges.high[group] ?? NaN)
          if (!within) outside[group] = (outside[group] ?? 0) + 1
        })
        const ends = isEvenSided(settings) ? 1 : 2
        outside.forEach((count, group) => {
          const share = ((kept[group] ?? 0) * (100 - percentile)) / 100
          expect(count).toBeLessThanOrEqual(ends * Math.floor(share + 1e-6))
          expect((ranges.high[group] ?? NaN) - (ranges.low[group] ?? NaN)).toBeGreaterThanOrEqual(0)
        })
      }),
      { seed: 37, numRuns: 300 },
    )
  })

  it('that would hold nothing stay whole', () => {
    const spec: TensorSpec = {
      name: 'k',
      shape: [50],
      dtype: 'float32',
      role: 'kernel',
      layerName: 'k',
      layerKind: 'dense',
      channel: { count: 1, inner: 50 },
    }
    const values = new Float32Array(50)
    values[7] = 0.25
    for (const symmetry of ['symmetric', 'asymmetric'] as const) {
      const { tensor, clipped } = encode(spec, values, null, {
        action: 'quantize',
        bits: 8,
        scheme: 'affine',
        symmetry,
        granularity: 'perTensor',
        range: 'percentile',
        percentile: 90,
      })
      expect(clipped).toBe(0)
      expect(decode(tensor)[7]).toBeCloseTo(0.25, 6)
    }
  })
})
