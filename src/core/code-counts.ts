import { decode, eachPiece, sharedLevels, weightsOf } from './encoded-tensor'
import type {
  AffineTensor,
  Codes,
  CodebookTensor,
  EncodedTensor,
  FloatTensor,
} from './encoded-tensor'
import { forEachStretch } from './group-layout'
import type { Stretch } from './group-layout'

/** How often each stored value occurs: all that the size formulas and the charts need of a tensor. */
export interface CodeCounts {
  readonly weights: number
  /** Weights whose restored value is zero. */
  readonly zeros: number
  /** Weights under a mask, which are zero and store no code. */
  readonly masked: number
  /** Occurrences of each code over the unmasked weights, all groups together; null for floats. */
  readonly counts: Uint32Array | null
}

const known = new WeakMap<EncodedTensor, CodeCounts>()

/** Counts the codes of a tensor, once: encoded tensors are never changed in place. */
export function countCodes(tensor: EncodedTensor): CodeCounts {
  let result = known.get(tensor)
  if (result === undefined) {
    result = tensor.kind === 'float' ? countTensor(tensor) : countIntegers(tensor)
    known.set(tensor, result)
  }
  return result
}

function countTensor(tensor: FloatTensor): CodeCounts {
  const weights = weightsOf(tensor)
  let zeros = 0
  eachPiece(tensor, (values) => {
    zeros += zerosOf(values)
  })
  return { weights, zeros, masked: 0, counts: null }
}

function zerosOf(values: Float32Array): number {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length)
  let nonZero = 0
  // Without a branch, which random zeros would make slow; the shift drops the sign of zero.
  for (let i = 0; i < words.length; i++) {
    const magnitude = (words[i] ?? 0) << 1
    nonZero += (magnitude | -magnitude) >>> 31
  }
  return values.length - nonZero
}

function countIntegers(tensor: AffineTensor | CodebookTensor): CodeCounts {
  const { codes, bits } = tensor
  const weights = codes.length
  const mask = tensor.kind === 'affine' ? tensor.mask : null
  const counts =
    mask === null ? histogramOfCodes(codes, bits) : histogramOfKeptCodes(codes, bits, mask)
  const masked = mask === null ? 0 : weights - sumOf(counts)
  const levels = commonLevels(tensor)
  let zeros = masked
  if (levels === null) zeros = countZeros(tensor)
  else levels.forEach((level, code) => (zeros += level === 0 ? (counts[code] ?? 0) : 0))
  return { weights, zeros, masked, counts }
}

/** Two tables, because runs of one code would wait for the counter just written. */
function histogramOfCodes(codes: Codes, bits: number): Uint32Array {
  const even = new Uint32Array(2 ** bits)
  const odd = new Uint32Array(2 ** bits)
  const pairs = codes.length & ~1
  for (let i = 0; i < pairs; i += 2) {
    const first = codes[i] ?? 0
    const second = codes[i + 1] ?? 0
    even[first] = (even[first] ?? 0) + 1
    odd[second] = (odd[second] ?? 0) + 1
  }
  if (pairs < codes.length) {
    const last = codes[pairs] ?? 0
    even[last] = (even[last] ?? 0) + 1
  }
  for (let code = 0; code < even.length; code++) even[code] = (even[code] ?? 0) + (odd[code] ?? 0)
  return even
}

/** Counts both kinds without a branch, which a random mask would make slow. */
function histogramOfKeptCodes(codes: Codes, bits: number, mask: Uint8Array): Uint32Array {
  const both = new Uint32Array(2 ** (bits + 1))
  for (let i = 0; i < codes.length; i++) {
    const entry = (codes[i] ?? 0) | ((mask[i] ?? 0) << bits)
    both[entry] = (both[entry] ?? 0) + 1
  }
  return both.slice(2 ** bits)
}

function sumOf(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Levels that say for all groups which codes are zero; null where groups disagree. */
function commonLevels(tensor: AffineTensor | CodebookTensor): Float32Array | null {
  const shared = sharedLevels(tensor)
  if (shared !== null || tensor.kind === 'codebook') return shared
  const { scale, zeroPoint, bits } = tensor
  const first = zeroPoint[0] ?? 0
  if (zeroPoint.some((point) => point !== first) || scale.includes(0)) return null
  return Float32Array.from({ length: 2 ** bits }, (_, code) => code - first)
}

/** 1 where the restored value is not zero. Allocates one byte per weight. */
export function nonZeroPattern(tensor: EncodedTensor): Uint8Array {
  if (tensor.kind === 'float') {
    const out = new Uint8Array(weightsOf(tensor))
    eachPiece(tensor, (values, from) => {
      writePattern(values, out.subarray(from, from + values.length))
    })
    return out
  }
  if (tensor.kind === 'codebook') return patternOfCodebook(tensor)
  // A scale of zero makes every level zero, which no zero point tells; nor is a file's min made of one.
  const plain = tensor.scale.includes(0) || tensor.fromFile !== undefined
  if (!plain) return patternOfAffine(tensor)
  const out = new Uint8Array(tensor.codes.length)
  writePattern(decode(tensor), out)
  return out
}

function writePattern(values: Float32Array, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) out[i] = values[i] === 0 ? 0 : 1
}

function patternOfCodebook({ codes, bits, levels, groups }: CodebookTensor): Uint8Array {
  const out = new Uint8Array(codes.length)
  const kept = Uint8Array.from(levels, (level) => (level === 0 ? 0 : 1))
  forEachStretch(groups, out.length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const base = group << bits
        for (const stop = i + run; i < stop; i++) out[i] = kept[base + (codes[i] ?? 0)] ?? 0
      }
  })
  return out
}

function patternOfAffine({ codes, groups, zeroPoint, mask }: AffineTensor): Uint8Array {
  const out = new Uint8Array(codes.length)
  // No code is -1: no zero among the levels.
  const zeroCodes = Int32Array.from(zeroPoint, (point) => (Number.isInteger(point) ? point : -1))
  forEachStretch(groups, out.length, (stretch) => {
    if (stretch.run === 1) compareInterleaved(codes, zeroCodes, stretch, out)
    else compareRuns(codes, zeroCodes, stretch, out)
  })
  if (mask !== null) for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) & (mask[i] ?? 0)
  return out
}

/** 1 where codes differ, without a branch that random zeros would make slow. */
function compareRuns(
  codes: Codes,
  zeroCodes: Int32Array,
  { start, end, first, count, run }: Stretch,
  out: Uint8Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++) {
      const zero = zeroCodes[group] ?? -1
      for (const stop = i + run; i < stop; i++) {
        const difference = (codes[i] ?? 0) ^ zero
        out[i] = (difference | -difference) >>> 31
      }
    }
}

function compareInterleaved(
  codes: Codes,
  zeroCodes: Int32Array,
  { start, end, first, count }: Stretch,
  out: Uint8Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++, i++) {
      const difference = (codes[i] ?? 0) ^ (zeroCodes[group] ?? -1)
      out[i] = (difference | -difference) >>> 31
    }
}

/** Zeros where groups disagree about which code is zero; `decode` remembers such tensors. */
function countZeros(tensor: AffineTensor | CodebookTensor): number {
  return zerosOf(decode(tensor))
}
