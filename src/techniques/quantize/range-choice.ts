import { forEachStretch, groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import type { TensorSpec } from '../../core/tensor-spec'
import { searchRanges } from './clip-search'
import { groupsOf, rangesOf } from './encoding'
import type { RangedWeights, Ranges } from './encoding'
import { DEFAULT_PERCENTILE, isEvenSided } from './quantize-settings'
import type { QuantizeSettings } from './quantize-settings'

/**
 * Divides weights into groups and chooses the range of each.
 * @param values finite, row-major
 * @param mask 1 = kept, or null; what is removed is zero and has no say in a percentile
 * @throws StudioError 'quantize/non-finite'; 'quantize/table-too-large' where a search has to encode
 */
export function withRanges(
  spec: TensorSpec,
  values: Float32Array,
  mask: Uint8Array | null,
  settings: QuantizeSettings,
): RangedWeights {
  const groups = groupsOf(spec, values.length, settings)
  const whole = { spec, values, mask, groups, ranges: rangesOf(spec, values, groups) }
  return { ...whole, ranges: chosenRanges(whole, settings) }
}

/**
 * The range of each group, as settings choose it.
 * @param whole weights with their whole ranges
 */
export function chosenRanges(whole: RangedWeights, settings: QuantizeSettings): Ranges {
  const { range, percentile = DEFAULT_PERCENTILE } = settings
  if (range === undefined) return whole.ranges
  return range === 'mse'
    ? searchRanges(whole, settings)
    : percentiles(whole, percentile, isEvenSided(settings))
}

/**
 * The range that leaves floor(n (100 - p) / 100) of a group's n kept weights outside, counted by magnitude
 * where sides are even, else at either end. A group that would have no range keeps its whole one.
 */
function percentiles(weights: RangedWeights, percentile: number, evenSided: boolean): Ranges {
  const low = weights.ranges.low.slice()
  const high = weights.ranges.high.slice()
  // In hundred millionths, so that decimals are what they look like.
  const outside = Math.round((100 - percentile) * 1e6)
  eachGroupSorted(weights, evenSided, (sorted, group) => {
    const dropped = Math.floor((sorted.length * outside) / 1e8)
    const most = Math.max(0, sorted.at(-1 - dropped) ?? 0)
    const least = evenSided ? 0 - most : Math.min(0, sorted[dropped] ?? 0)
    if (most === least) return
    low[group] = least
    high[group] = most
  })
  return { low, high }
}

/** Visits the kept weights of each group, or their magnitudes, in ascending order. */
function eachGroupSorted(
  { values, mask, groups }: RangedWeights,
  magnitudes: boolean,
  visit: (sorted: Float32Array, group: number) => void,
): void {
  const ends = sizesOf(groups, mask, values.length)
  for (let group = 1; group < ends.length; group++)
    ends[group] = (ends[group] ?? 0) + (ends[group - 1] ?? 0)
  const starts = Uint32Array.from(ends, (_, group) => ends[group - 1] ?? 0)
  const next = starts.slice()
  const gathered = new Float32Array(ends.at(-1) ?? 0)
  forEachWeight(groups, values.length, (i, group) => {
    if (mask?.[i] === 0) return
    const at = next[group] ?? 0
    const value = values[i] ?? 0
    gathered[at] = magnitudes ? Math.abs(value) : value
    next[group] = at + 1
  })
  starts.forEach((start, group) => {
    visit(gathered.subarray(start, ends[group]).sort(), group)
  })
}

function sizesOf(groups: GroupLayout, mask: Uint8Array | null, length: number): Uint32Array {
  const sizes = new Uint32Array(groupCount(groups, length))
  forEachWeight(groups, length, (i, group) => {
    if (mask?.[i] !== 0) sizes[group] = (sizes[group] ?? 0) + 1
  })
  return sizes
}

function forEachWeight(
  groups: GroupLayout,
  length: number,
  visit: (index: number, group: number) => void,
): void {
  forEachStretch(groups, length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++)
        for (const stop = i + run; i < stop; i++) visit(i, group)
  })
}
