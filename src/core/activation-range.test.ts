import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activationCodes, activationRange, clippedCodes, rangeMethods } from './activation-range'
import { leastDivergence } from './least-divergence'
import { ValueHistogram } from './value-histogram'

const golden = JSON.parse(readFileSync('golden/divergence.json', 'utf8')) as readonly {
  readonly name: string
  readonly counts: readonly number[]
  /** Of cuts from 64 bins around the middle to all of them. */
  readonly divergences: readonly number[]
}[]

function seen(...batches: readonly (readonly number[])[]): ValueHistogram {
  const histogram = new ValueHistogram()
  for (const batch of batches) histogram.add(Float32Array.from(batch))
  return histogram
}

const numbers = fc.array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 50,
})

describe('values that were seen', () => {
  it('are counted once each, with their exact ends, however much larger they become', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 6 }), (batches) => {
        const histogram = seen(...batches)
        const all = Float32Array.from(batches.flat())
        const counted = histogram.counts.reduce((sum, count) => sum + count, histogram.zeros)
        expect(counted).toBe(all.length)
        expect([histogram.low, histogram.high]).toEqual([Math.min(...all), Math.max(...all)])
        const width = (2 * histogram.limit) / histogram.counts.length
        const positive = all.filter((value) => value >= width).length
        const half = histogram.counts.length / 2
        const above = histogram.counts.subarray(half + 1).reduce((sum, count) => sum + count, 0)
        expect(Math.abs(above - positive)).toBeLessThanOrEqual(
          all.filter((value) => Math.abs(value - width) < width * 1e-5).length,
        )
      }),
    )
  })

  it('say when one was no number', () => {
    expect(seen([1, NaN]).isLost).toBe(true)
    expect(seen([1, Infinity]).isLost).toBe(true)
    expect(seen([1, 2]).isLost).toBe(false)
  })
})

describe('the range of activations', () => {
  it.each(rangeMethods)('of %s holds zero and lies within what was seen', (method) => {
    fc.assert(
      fc.property(numbers, (values) => {
        const { high, low } = activationRange(seen(values), method)
        const all = [0, ...Float32Array.from(values)]
        expect(low).toBeGreaterThanOrEqual(Math.min(...all))
        expect(high).toBeLessThanOrEqual(Math.max(...all))
        expect(low).toBeLessThanOrEqual(0)
        expect(high).toBeGreaterThanOrEqual(0)
        expect(high - low).toBeGreaterThan(all.some((value) => value !== 0) ? 0 : -1)
      }),
      { numRuns: method === 'entropy' ? 5 : 100 },
    )
  })

  it('leaves out a hundredth of a percent, half of it on each side', () => {
    const values = Array.from({ length: 100_000 }, (_, at) => at - 50_000)
    const { high, low } = activationRange(seen(values), 'percentile')
    // 5 of 100,000 on each side, in bins of 48.8.
    expect(high).toBeGreaterThan(49_990)
    expect(high).toBeLessThanOrEqual(49_999)
    expect(low).toBeLessThan(-49_900)
    const far = activationRange(seen(values, [1e6, -1e6]), 'percentile')
    expect(far.high).toBeLessThan(52_000)
    expect(far.low).toBeGreaterThan(-52_000)
  })

  it('of the least error changes values least among ranges that cut as much or less', () => {
    const values = Array.from({ length: 4000 }, (_, at) => Math.tan((at / 4000 - 0.5) * 3.1))
    const found = activationRange(seen(values), 'error')
    const changed = ({ low, high }: { low: number; high: number }): number => {
      const step = (high - low) / 255
      return values.reduce((sum, value) => {
        const code = Math.round((Math.min(high, Math.max(low, value)) - low) / step)
        return sum + (low + code * step - value) ** 2
      }, 0)
    }
    const whole = activationRange(seen(values), 'minMax')
    expect(changed(found)).toBeLessThan(changed(whole))
    for (const share of [0.5, 0.8, 1.25, 2]) {
      const other = { low: found.low * share, high: found.high * share }
      expect(changed(found)).toBeLessThan(1.1 * changed(other))
    }
  })

  it.each(golden)(
    'of the least divergence of $name is one that onnxruntime takes for it',
    (one) => {
      const bins = leastDivergence(Float64Array.from(one.counts)) * (one.counts.length / 2)
      // The last two reach to the end.
      const last = one.divergences.length - 1
      const tried = bins === one.counts.length / 2 ? [last - 1, last] : [bins - 1 - 64]
      const found = Math.min(...tried.map((at) => one.divergences[at] ?? NaN))
      const least = Math.min(...one.divergences)
      expect(found).toBeLessThanOrEqual(least * (1 + 1e-4))
    },
  )
})

describe('codes of activations', () => {
  it('hold zero exactly and both ends within half a step', () => {
    const ends = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(ends, ends, fc.boolean(), (below, high, signed) => {
        fc.pre(below + high > 1e-20)
        const { scale, zero } = activationCodes({ low: -below, high }, signed)
        const [first, last] = signed ? [-128, 127] : [0, 255]
        expect(zero).toBeGreaterThanOrEqual(first)
        expect(zero).toBeLessThanOrEqual(last)
        expect(Math.abs((first - zero) * scale + below)).toBeLessThanOrEqual(scale * 0.501)
        expect(Math.abs((last - zero) * scale - high)).toBeLessThanOrEqual(scale * 0.501)
      }),
    )
  })

  it('of values without a sign begin at zero, and of nothing are all zero', () => {
    expect(activationCodes({ low: 0, high: 6 }, true).zero).toBe(-128)
    expect(activationCodes({ low: 0, high: 6 }, false).zero).toBe(0)
    expect(activationCodes({ low: 0, high: 0 }, false)).toEqual({ scale: 1, zero: 0 })
  })
})

describe('codes behind a cut', () => {
  it('end half a step beyond the range at least, or nowhere beyond it', () => {
    const end = fc.float({ min: Math.fround(1e-3), max: 1e3, noNaN: true })
    fc.assert(
      fc.property(end, end, (below, high) => {
        const { scale, zero } = clippedCodes({ low: -below, high }, false)
        const beyond = [255 - zero - high / scale, zero - below / scale]
        expect(Math.min(...beyond)).toBeGreaterThan(0.499)
        expect(Math.max(...beyond)).toBeLessThan(1.501)
        const positive = clippedCodes({ low: 0, high }, false)
        expect(positive.zero).toBe(0)
        expect(Math.fround(255 * positive.scale)).toBeLessThanOrEqual(high)
      }),
    )
  })
})
