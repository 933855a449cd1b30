/** Steps that values are told apart by: those of one sign, of codes of 8 bits. */
const LEVELS = 128
/** What a bin without a value counts as. */
const LEAST = 1e-4

/**
 * Where values are best cut so that `LEVELS` equal steps say most of how they are spread: the reach around the middle at which the
 * Kullback-Leibler divergence of the merged from the cut distribution is least. Computes what `get_entropy_threshold` of
 * onnxruntime 1.32 does, after Migacz 2017 (GTC s7310).
 * @param counts bins on both sides of the middle, equally many
 * @returns as a share of the outermost bins, in (0, 1]
 */
export function leastDivergence(counts: Float64Array): number {
  const middle = counts.length / 2
  const before = new Float64Array(counts.length + 1)
  for (const [bin, count] of counts.entries()) before[bin + 1] = (before[bin] ?? 0) + count
  let best = { reach: middle, divergence: Infinity }
  for (let reach = LEVELS / 2; reach <= middle; reach++) {
    const start = middle - reach
    const end = Math.min(middle + reach + 1, counts.length)
    const divergence = divergenceOf(counts, before, start, end)
    if (divergence < best.divergence) best = { reach, divergence }
  }
  // One bin more lies on the side of the larger values.
  return Math.min(1, (best.reach + 1) / middle)
}

function divergenceOf(
  counts: Float64Array,
  before: Float64Array,
  start: number,
  end: number,
): number {
  const size = end - start
  const cut = counts.slice(start, end)
  const kept = cut.slice()
  cut[0] = (cut[0] ?? 0) + (before[start] ?? 0)
  cut[size - 1] = (cut[size - 1] ?? 0) + (before[counts.length] ?? 0) - (before[end] ?? 0)
  const merged = mergedOf(kept, cut)
  return isEmpty(cut) || isEmpty(merged) ? Infinity : divergence(smooth(cut), smooth(merged))
}

/** Each step's values spread over those of its bins that have any, in whole numbers. */
function mergedOf(kept: Float64Array, cut: Float64Array): Float64Array {
  const width = Math.floor(kept.length / LEVELS)
  const merged = new Float64Array(kept.length)
  for (let level = 0; level < LEVELS; level++) {
    const [from, to] = [level * width, (level + 1) * width]
    // The last step takes what is left over, and spreads it over its own bins alone.
    const sum = sumOf(kept, from, level === LEVELS - 1 ? kept.length : to)
    let filled = 0
    for (let bin = from; bin < to; bin++) if ((cut[bin] ?? 0) !== 0) filled++
    if (filled > 0) merged.fill(Math.floor(sum / filled), from, to)
  }
  return merged
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let at = from; at < to; at++) sum += values[at] ?? 0
  return sum
}

function isEmpty(values: Float64Array): boolean {
  return values.every((value) => value === 0)
}

/** Bins without a value get a little, which the others give. */
function smooth(values: Float64Array): Float64Array {
  const filled = values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0)
  const given = (LEAST * (values.length - filled)) / filled
  return values.map((value) => (value === 0 ? LEAST : value - given))
}

function divergence(one: Float64Array, other: Float64Array): number {
  const [ofOne, ofOther] = [sumOf(one, 0, one.length), sumOf(other, 0, other.length)]
  let sum = 0
  for (const [at, value] of one.entries()) {
    const share = value / ofOne
    if (share > 0) sum += share * Math.log(share / ((other[at] ?? 0) / ofOther))
  }
  return sum
}
