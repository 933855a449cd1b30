/**
 * Order statistics of |w| without sorting. A finite float32 with its sign bit cleared orders like
 * its 31 bits read as an integer, so a radix histogram of the top 12 bits finds the bin of a rank,
 * and only the weights in that bin (a few percent) are looked at again.
 */
const FIRST_SHIFT = 19
const SECOND_SHIFT = 9
const MAGNITUDE = 0x7fffffff

const histograms = new WeakMap<Float32Array, Uint32Array>()

/** Counts of |w| by the top 12 of its 31 bits, computed once per array. */
function magnitudeHistogram(values: Float32Array): Uint32Array {
  let histogram = histograms.get(values)
  if (histogram === undefined) {
    histogram = new Uint32Array(2 ** (31 - FIRST_SHIFT))
    const bits = bitsOf(values)
    for (let i = 0; i < bits.length; i++) {
      const bin = ((bits[i] ?? 0) & MAGNITUDE) >> FIRST_SHIFT
      histogram[bin] = (histogram[bin] ?? 0) + 1
    }
    histograms.set(values, histogram)
  }
  return histogram
}

/** The 32 bits of each float, without copying. */
export function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length)
}

const scratchFloat = new Float32Array(1)
const scratchBits = new Int32Array(scratchFloat.buffer)

/**
 * The largest float32 not above a threshold, as bits: |w| > t if and only if
 * `(bits(w) & 0x7fffffff) > magnitudeBits(t)`. Exact for every t >= 0, also between two floats.
 */
export function magnitudeBits(threshold: number): number {
  scratchFloat[0] = threshold
  const bits = scratchBits[0] ?? 0
  return Math.fround(threshold) > threshold ? bits - 1 : bits
}

function fromBits(bits: number): number {
  scratchBits[0] = bits
  return scratchFloat[0] ?? 0
}

interface BinMembers {
  readonly bin: number
  readonly magnitudes: Int32Array
}

/** The bin that was looked at last: selecting a threshold and counting below it share one pass. */
const lastBins = new WeakMap<Float32Array, BinMembers>()

const NOTHING = new Int32Array(0)

/** The magnitudes (as bits) of the weights in one bin of the histogram. */
function magnitudesInBin(values: Float32Array, bin: number): Int32Array {
  const size = magnitudeHistogram(values)[bin] ?? 0
  if (size === 0) return NOTHING
  const known = lastBins.get(values)
  if (known?.bin === bin) return known.magnitudes
  const magnitudes = new Int32Array(size)
  const bits = bitsOf(values)
  let end = 0
  for (let i = 0; i < bits.length; i++) {
    const magnitude = (bits[i] ?? 0) & MAGNITUDE
    if (magnitude >> FIRST_SHIFT === bin) magnitudes[end++] = magnitude
  }
  lastBins.set(values, { bin, magnitudes })
  return magnitudes
}

/**
 * The rank-th smallest |w| over several arrays taken together, exactly.
 * @param rank 1 .. number of weights
 * @returns a float32 value; NaN where the rank is out of range
 */
export function selectMagnitude(arrays: readonly Float32Array[], rank: number): number {
  const all = arrays.map(magnitudeHistogram)
  let below = 0
  for (let bin = 0; bin < 2 ** (31 - FIRST_SHIFT); bin++) {
    let here = 0
    for (const histogram of all) here += histogram[bin] ?? 0
    if (below + here >= rank && here > 0) {
      const candidates = new Int32Array(here)
      let end = 0
      for (const values of arrays) {
        const members = magnitudesInBin(values, bin)
        candidates.set(members, end)
        end += members.length
      }
      return fromBits(selectWithinBin(candidates, rank - below))
    }
    below += here
  }
  return NaN
}

/** Radix selection on the low 19 bits: ten bits, then nine. */
function selectWithinBin(candidates: Int32Array, rank: number): number {
  const mask = (1 << (FIRST_SHIFT - SECOND_SHIFT)) - 1
  const counts = new Uint32Array(mask + 1)
  for (const bits of candidates) {
    const bin = (bits >> SECOND_SHIFT) & mask
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  let below = 0
  let bin = 0
  while (below + (counts[bin] ?? 0) < rank) below += counts[bin++] ?? 0
  const last = candidates.filter((bits) => ((bits >> SECOND_SHIFT) & mask) === bin).sort()
  return last[rank - below - 1] ?? NaN
}

/** Number of weights with |w| <= threshold, exactly; only one histogram bin is looked at again. */
export function countAtMost(values: Float32Array, threshold: number): number {
  const limit = magnitudeBits(threshold)
  const histogram = magnitudeHistogram(values)
  const bin = Math.min(limit >> FIRST_SHIFT, histogram.length - 1)
  let count = 0
  for (let below = 0; below < bin; below++) count += histogram[below] ?? 0
  for (const magnitude of magnitudesInBin(values, bin)) if (magnitude <= limit) count++
  return count
}
