import type { Codes } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { forEachStretch, groupCount } from '../../core/group-layout'
import type { GroupLayout, Stretch } from '../../core/group-layout'
import type { TensorSpec } from '../../core/tensor-spec'
import { magnitudesOf, newCodes } from './encoding'
import type { Encoding, RangedWeights } from './encoding'
import { binWidths, floorToCodes } from './linear'

/** A table up to this many levels is always allowed: 4 MB. */
const ALWAYS_ALLOWED = 2 ** 20
/** Above that a table may hold this many levels for each weight of the tensor. */
const LEVELS_PER_WEIGHT = 4

/**
 * The bins of the linear scheme, each restored as the mean of its weights, rounded to float32; an
 * empty bin as its midpoint. This is the centroid condition of Lloyd 1982, one step of it.
 *
 * After pruning one level is reserved: code 0 is exactly zero, and the kept weights share
 * m = 2^bits - 1 even bins over [-max|w|, max|w|], bin = clamp(floor((w + max) / (2 max / m))),
 * code = bin + 1.
 * Weights beyond the range count for the mean of the outermost bin.
 * @returns a codebook with 2^bits levels for each group; `clipped` as in the linear scheme
 * @throws StudioError 'quantize/table-too-large' where the table of levels
 *   would have more than 2^20 entries and more than four for each weight
 */
export function encodeMean(weights: RangedWeights, bits: number): Encoding {
  const { spec, values, mask, groups } = weights
  refuseLargeTable(spec, values.length, groupCount(groups, values.length) * 2 ** bits, bits)
  const codes = newCodes(bits, values.length)
  const { levels, clipped } =
    mask === null ? allBins(weights, bits, codes) : binsAndZero(weights, mask, bits, codes)
  replaceByMeans(values, codes, groups, bits, levels, mask !== null)
  return { tensor: { kind: 'codebook', spec, bits, codes, groups, levels }, clipped }
}

function refuseLargeTable(spec: TensorSpec, weights: number, levels: number, bits: number): void {
  if (levels > Math.max(ALWAYS_ALLOWED, LEVELS_PER_WEIGHT * weights))
    throw new StudioError('quantize/table-too-large', { tensor: spec.name, bits, levels, weights })
}

/** Levels before averaging are the midpoints, which is what an empty bin keeps. */
interface Binned {
  readonly levels: Float32Array
  readonly clipped: number
}

function allBins({ values, groups, ranges }: RangedWeights, bits: number, codes: Codes): Binned {
  const half = 2 ** (bits - 1)
  const widths = binWidths(ranges, half)
  const clipped = floorToCodes(values, codes, groups, widths, half)
  const levels = new Float32Array(widths.length << bits)
  widths.forEach((q, group) => {
    for (let code = 0; code < 2 * half; code++)
      levels[(group << bits) + code] = (code - half) * q + q / 2
  })
  return { levels, clipped }
}

function binsAndZero(
  { values, groups, ranges }: RangedWeights,
  mask: Uint8Array,
  bits: number,
  codes: Codes,
): Binned {
  const bins = 2 ** bits - 1
  const largest = magnitudesOf(ranges)
  const levels = new Float32Array(largest.length << bits)
  largest.forEach((max, group) => {
    const width = (2 * max) / bins
    for (let bin = 0; bin < bins; bin++)
      levels[(group << bits) + bin + 1] = (bin + 0.5) * width - max
  })
  return { levels, clipped: floorToBins(values, mask, codes, groups, largest, bins) }
}

function floorToBins(
  values: Float32Array,
  mask: Uint8Array,
  codes: Codes,
  groups: GroupLayout,
  largest: Float64Array,
  bins: number,
): number {
  let clipped = 0
  forEachStretch(groups, values.length, (stretch) => {
    clipped += floorStretch(values, mask, codes, stretch, largest, bins)
  })
  return clipped
}

function floorStretch(
  values: Float32Array,
  mask: Uint8Array,
  codes: Codes,
  { start, end, first, count, run }: Stretch,
  largest: Float64Array,
  bins: number,
): number {
  let clipped = 0
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++) {
      const max = largest[group] ?? 0
      const width = max > 0 ? (2 * max) / bins : 1
      for (const stop = i + run; i < stop; i++) {
        const place = ((values[i] ?? 0) + max) / width
        let code = bins
        if (place >= bins) clipped++
        else if (place >= 0) code = (place | 0) + 1
        else {
          code = 1
          clipped++
        }
        // Not a branch: a random mask would be mispredicted every other time.
        codes[i] = code & -(mask[i] ?? 0)
      }
    }
  return clipped
}

/** Puts the mean of its weights in place of each used level. Sums in double precision. */
function replaceByMeans(
  values: Float32Array,
  codes: Codes,
  groups: GroupLayout,
  bits: number,
  levels: Float32Array,
  reservedZero: boolean,
): void {
  const sums = new Float64Array(levels.length)
  const members = new Uint32Array(levels.length)
  forEachStretch(groups, values.length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const base = group << bits
        for (const stop = i + run; i < stop; i++) {
          const entry = base + (codes[i] ?? 0)
          sums[entry] = (sums[entry] ?? 0) + (values[i] ?? 0)
          members[entry] = (members[entry] ?? 0) + 1
        }
      }
  })
  const codeMask = 2 ** bits - 1
  for (let entry = 0; entry < levels.length; entry++) {
    const used = members[entry] ?? 0
    const isZero = reservedZero && (entry & codeMask) === 0
    if (used > 0 && !isZero) levels[entry] = (sums[entry] ?? 0) / used
  }
}
