import { countNonZeroBytes } from './byte-counts'
import { countCodes, nonZeroPattern } from './code-counts'
import type { CodeCounts } from './code-counts'
import type { EncodedTensor, FloatTensor } from './encoded-tensor'

/** Bytes of one or more tensors in forms that no file has yet, and as plain float32. */
export interface ComputedSizes {
  /** All weights as float32. */
  readonly float32: number
  /** Codes at k bits, tables, and a bit per weight where a mask is kept. */
  readonly bitPacked: number
  /** Non-zero weights with their positions, the smaller of bitmap and relative index. */
  readonly sparse: number
  /**
   * Shannon bound of order 0 plus tables: of the codes, for floats of their bytes. No file can reach
   * less without modelling.
   */
  readonly entropyBound: number
}

/** A float32 and a number below 2^16. */
const BYTES_PER_SCALE = 4
const BYTES_PER_ZERO_POINT = 2
/** Scale and min as a file brought them, two doubles. */
const BYTES_PER_FILE_RANGE = 16
const BYTES_PER_LEVEL = 4
const FLOAT_BITS = 32

/** Widths of a gap in the relative index: 5 bits for dense, 8 for convolutions (Han et al. 2016). */
const GAP_BITS = [5, 8] as const

const known = new WeakMap<EncodedTensor, ComputedSizes>()

/** The sizes of one tensor, computed once. */
export function computedSizes(tensor: EncodedTensor): ComputedSizes {
  let sizes = known.get(tensor)
  if (sizes === undefined) {
    const { weights } = countCodes(tensor)
    sizes = {
      float32: 4 * weights,
      bitPacked: bitPackedBytes(tensor),
      sparse: sparseBytes(tensor),
      entropyBound: entropyBoundBytes(tensor),
    }
    known.set(tensor, sizes)
  }
  return sizes
}

/** Sums the sizes of a model's tensors. */
export function totalSizes(tensors: readonly EncodedTensor[]): ComputedSizes {
  const total = { float32: 0, bitPacked: 0, sparse: 0, entropyBound: 0 }
  for (const tensor of tensors) {
    const sizes = computedSizes(tensor)
    total.float32 += sizes.float32
    total.bitPacked += sizes.bitPacked
    total.sparse += sizes.sparse
    total.entropyBound += sizes.entropyBound
  }
  return total
}

/** Bytes of scales and zero points, or of levels. */
function tableBytes(tensor: EncodedTensor): number {
  switch (tensor.kind) {
    case 'float':
      return 0
    case 'affine':
      return tensor.fromFile === undefined
        ? tensor.scale.length * (BYTES_PER_SCALE + BYTES_PER_ZERO_POINT)
        : BYTES_PER_FILE_RANGE
    case 'codebook':
      return tensor.levels.length * BYTES_PER_LEVEL
  }
}

function valueBits(tensor: EncodedTensor): number {
  return tensor.kind === 'float' ? FLOAT_BITS : tensor.bits
}

/** n k / 8 bytes rounded up, tables, and n / 8 for a mask; weights under a mask store no code. */
function bitPackedBytes(tensor: EncodedTensor): number {
  const { weights, masked } = countCodes(tensor)
  const maskBits = tensor.kind === 'affine' && tensor.mask !== null ? weights : 0
  return bytes((weights - masked) * valueBits(tensor) + maskBits) + tableBytes(tensor)
}

/**
 * Non-zero weights at k bits each, plus where they are: the smaller of a bitmap (1 bit a weight) and
 * a relative index (Han et al. 2016, arXiv:1510.00149, section 2). An index entry is g bits, the
 * number of zeros skipped, 0 .. 2^g - 1, and a value; a longer run costs a filler entry, whose value
 * is zero, for each 2^g zeros. Zeros after the last weight cost nothing. g is 5 or 8, the better one.
 */
function sparseBytes(tensor: EncodedTensor): number {
  const { weights, zeros } = countCodes(tensor)
  const nonZero = weights - zeros
  const k = valueBits(tensor)
  let best = weights + nonZero * k
  // An index of g bits a weight cannot beat the bitmap above a density of 1 / g.
  if (nonZero * GAP_BITS[0] < weights) {
    const fillers = countFillers(nonZeroPattern(tensor))
    GAP_BITS.forEach((gap, index) => {
      best = Math.min(best, (nonZero + (fillers[index] ?? 0)) * (gap + k))
    })
  }
  return bytes(best) + tableBytes(tensor)
}

/** For each gap width the sum over runs of zeros before a weight of floor(run / 2^g). */
function countFillers(pattern: Uint8Array): readonly number[] {
  let short = 0
  let long = 0
  let next = 0
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === 1) {
      const run = i - next
      short += run >> GAP_BITS[0]
      long += run >> GAP_BITS[1]
      next = i + 1
    }
  }
  return [short, long]
}

/**
 * n H / 8 bytes plus tables, H = -sum p log2 p over the codes and, where there is a mask, the symbol
 * "pruned" (Shannon 1948). For floats, which hardly repeat as a whole: n h(zeros / n) bits for the
 * bitmap of zeros, and for each non-zero weight H0 + H1 + H2 + H3 bits, the entropy of each of the
 * four bytes of float32 on its own. No coder that takes symbols one by one gets below this; one that
 * also finds repeats in their order can.
 */
function entropyBoundBytes(tensor: EncodedTensor): number {
  const bits =
    tensor.kind === 'float' ? floatEntropyBits(tensor) : codeEntropyBits(countCodes(tensor))
  return bytes(bits) + tableBytes(tensor)
}

function codeEntropyBits({ weights, masked, counts }: CodeCounts): number {
  return weights * symbolEntropy([masked, ...(counts ?? [])])
}

function floatEntropyBits(tensor: FloatTensor): number {
  const { weights, zeros } = countCodes(tensor)
  const perWeight = countNonZeroBytes(tensor).reduce(
    (sum, counts) => sum + symbolEntropy(counts),
    0,
  )
  return weights * symbolEntropy([zeros, weights - zeros]) + (weights - zeros) * perWeight
}

/** Shannon entropy of occurrences, in bits per symbol; 0 where there are none. */
export function symbolEntropy(counts: Iterable<number>): number {
  let total = 0
  let weighted = 0
  for (const count of counts) {
    if (count > 0) {
      total += count
      weighted += count * Math.log2(count)
    }
  }
  return total === 0 ? 0 : Math.max(0, Math.log2(total) - weighted / total)
}

/** Whole bytes; a hair of rounding in a sum of logarithms must not cost one. */
function bytes(bits: number): number {
  return Math.ceil(bits / 8 - 1e-9)
}
