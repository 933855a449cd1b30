import { countCodes } from './code-counts'
import { deflatedLength } from './deflate/strategies'
import type { Strategy } from './deflate/strategies'
import { decode, weightsOf } from './encoded-tensor'
import type { Codes, EncodedTensor, FloatTensor } from './encoded-tensor'
import { numberToFloat16 } from './float16'
import { joinFloats } from './join-arrays'
import { largestOf } from './largest-of'
import { symbolEntropy } from './sizes'

/** How a file holds the tensor: its codes, or its restored values as floats. */
export type EntryForm = 'uint2' | 'uint4' | 'uint8' | 'uint16' | 'float32' | 'float16'

export interface StoredEntry {
  readonly tensor: EncodedTensor
  readonly form: EntryForm
}

const BYTES: Readonly<Record<EntryForm, number>> = {
  ...{ uint2: 1 / 4, uint4: 1 / 2, uint8: 1, uint16: 2 },
  ...{ float32: 4, float16: 2 },
}

/** Bytes that are really deflated of a tensor; half as many codes say enough. */
const SAMPLE_BYTES = 2 ** 14
const PIECES = 16
/** Where whole floats repeat, what came before a piece decides what is left of it. */
const HISTORY_BYTES = 2 ** 15
/** The pieces come in another order than in the tensor, so that those at the end are of all of it. */
const PIECE_BYTES = 2 ** 12
const STRIDE = 5
/** So many tensors of a kind are sampled, fewer where they hold most of it; the others are counted, or taken to be like these. */
const SAMPLED_TENSORS = 4
const MOST_OF_IT = 0.8

/**
 * Estimates the deflated bytes of a model's weights without deflating them, for while a slider moves.
 *
 * Of the largest tensors of each kind a sample is deflated, by the cheap ones of the strategies that
 * are tried for the file: dearer ones save little more. The sample is of all parts of a tensor, because its ends may
 * be like nothing else: the first weights of LeNet-300-100 are of pixels that are always black. What chance has put
 * into it is weighed by what is counted of the whole. Within 15 % on Gaussian and Laplace weights of 100,000 and more,
 * pruned or not, and on LeNet-300-100 and LeNet-5 with one scale a tensor (tested); with one a channel, few bits and
 * nearly all weights removed it may be a quarter too high.
 */
export function estimateDeflatedBytes(entries: readonly StoredEntry[]): number {
  const kinds = new Map<string, StoredEntry[]>()
  for (const entry of entries) {
    const kind = `${entry.form} ${entry.tensor.kind === 'float' ? 'values' : 'levels'}`
    const known = kinds.get(kind)
    if (known === undefined) kinds.set(kind, [entry])
    else known.push(entry)
  }
  let total = 0
  for (const kind of kinds.values()) total += sampledBytes(kind)
  return Math.ceil(total)
}

/** Deflated size of tensors by the ratio that samples of the largest ones reach. */
function sampledBytes(entries: readonly StoredEntry[]): number {
  const bySize = entries.toSorted((a, b) => storedBytes(b) - storedBytes(a))
  const whole = bySize.reduce((sum, entry) => sum + storedBytes(entry), 0)
  let [all, sampled, deflated] = [0, 0, 0]
  for (const [place, entry] of bySize.entries()) {
    const bytes = storedBytes(entry)
    if (place < SAMPLED_TENSORS && sampled <= MOST_OF_IT * whole) {
      sampled += bytes
      deflated += bytes * sampledRatio(entry)
      all = deflated
    } else all += bytes * (knownRatio(entry) ?? (sampled === 0 ? 0 : deflated / sampled))
  }
  return all
}

function storedBytes({ tensor, form }: StoredEntry): number {
  return BYTES[form] * weightsOf(tensor)
}

/** Deflated share of a tensor's bytes; at most all of them, which are stored as they are then. */
function sampledRatio({ tensor, form }: StoredEntry): number {
  const { counts, weights, zeros } = countCodes(tensor)
  if (tensor.kind === 'float') {
    // A run of zeros is all that repeats in floats that were not quantized.
    const values = floatsOf(tensor, SAMPLE_BYTES / 4)
    const ratio = ratioBy(['runs'], form === 'float16' ? halves(values) : values)
    return ratio * moreIn(weights, zeros, values, 0, MANTISSA_BITS[form])
  }
  if (form === 'float32' || form === 'float16') return floatRatio(tensor, form)
  const most = counts === null ? 0 : largestOf(counts, 0, counts.length)
  const ofMost = counts?.[most] ?? 0
  // Nothing repeats for long: what Huffman codes make of codes is their entropy.
  if (form === 'uint8' && counts !== null && 2 * ofMost < weights) return symbolEntropy(counts) / 8
  if (form === 'uint2' || form === 'uint4')
    return ratioBy(
      ['huffman', 'runs'],
      packed(piecesOf(tensor.codes, SAMPLE_BYTES / BYTES[form]), form),
    )
  // What is pruned repeats as two bytes.
  const codes = piecesOf(tensor.codes, SAMPLE_BYTES / BYTES[form])
  const ratio = ratioBy(['huffman', form === 'uint8' ? 'runs' : 'fflate6'], codes)
  if (counts === null) return ratio
  const others = bitsOfOthers(symbolEntropy(counts), weights, ofMost)
  return ratio * moreIn(weights, ofMost, codes, most, others)
}

/** What counting alone says of floats that were not quantized: small tensors are seldom pruned where large ones are. */
function knownRatio({ tensor, form }: StoredEntry): number | null {
  if (tensor.kind !== 'float') return null
  const { weights, zeros } = countCodes(tensor)
  return Math.min(1, bitsBy(weights, zeros, MANTISSA_BITS[form]) / (8 * BYTES[form]))
}

/** About what a float that is not zero takes of a deflated file. */
const MANTISSA_BITS: Readonly<Record<EntryForm, number>> = {
  ...{ uint2: 2, uint4: 4, uint8: 8, uint16: 16 },
  float32: 29,
  float16: 14,
}

/**
 * How much more a whole tensor says than a sample of it, by how many of its elements are what most of them are: where
 * few are anything else, chance decides how many of those a sample has.
 * @param most of the whole, that are `value`
 * @param others bits of an element that is something else
 */
function moreIn(
  weights: number,
  most: number,
  sample: Float32Array | Codes,
  value: number,
  others: number,
): number {
  let same = 0
  for (let i = 0; i < sample.length; i++) if (sample[i] === value) same++
  const ofSample = bitsBy(sample.length, same, others)
  const ofWhole = bitsBy(weights, most, others)
  return ofSample === 0 || ofWhole === 0 ? 1 : ofWhole / ofSample
}

/** Bits of an element: whether it is what most are, and what it is otherwise. */
function bitsBy(count: number, most: number, others: number): number {
  return symbolEntropy([most, count - most]) + (1 - most / Math.max(1, count)) * others
}

/** The inverse of that. */
function bitsOfOthers(bits: number, count: number, most: number): number {
  return most === count ? 0 : (bits - symbolEntropy([most, count - most])) / (1 - most / count)
}

/** Levels as floats, in pieces of whole rows: the groups of rows are needed to decode them. */
function floatRatio(
  tensor: Exclude<EncodedTensor, { readonly kind: 'float' }>,
  form: 'float32' | 'float16',
): number {
  const { count, inner } = tensor.groups
  const row = count === 1 ? 1 : count * inner
  const size = BYTES[form]
  const rows = Math.ceil(PIECE_BYTES / size / row)
  const wanted = Math.ceil((HISTORY_BYTES + SAMPLE_BYTES) / (rows * row * size))
  const all = Math.ceil(tensor.codes.length / row)
  // A short tensor is one piece, from its top.
  const pieces = all <= wanted * rows ? 1 : wanted
  const length = row * (pieces === 1 ? all : rows)
  const values = joinFloats(
    Array.from({ length: pieces }, (_, piece) => {
      const from = row * placeOf((piece * STRIDE) % pieces, pieces, all, length / row)
      const codes = tensor.codes.subarray(from, from + length)
      return decode(
        tensor.kind === 'codebook'
          ? { ...tensor, codes }
          : { ...tensor, codes, mask: tensor.mask?.subarray(from, from + length) ?? null },
      )
    }),
  )
  const bytes = bytesOf(form === 'float16' ? halves(values) : values)
  if (bytes.length === 0) return 0
  const start = Math.max(0, bytes.length - SAMPLE_BYTES)
  const { counts, weights, zeros } = countCodes(tensor)
  const others = Math.max(1, bitsOfOthers(symbolEntropy(counts ?? []), weights, zeros))
  const more = moreIn(weights, zeros, values.subarray(start / size), 0, others)
  return Math.min(1, (more * deflatedLength('fflate6', bytes, start)) / (bytes.length - start))
}

/** Codes that share bytes, as a file has them. */
function packed(codes: Codes, form: 'uint2' | 'uint4'): Uint8Array {
  const bits = 8 * BYTES[form]
  const perByte = 8 / bits
  const bytes = new Uint8Array(Math.ceil(codes.length / perByte))
  for (const [at, code] of codes.entries()) {
    const byte = Math.floor(at / perByte)
    bytes[byte] = (bytes[byte] ?? 0) | (code << (bits * (at % perByte)))
  }
  return bytes
}

function ratioBy(strategies: readonly Strategy[], array: Float32Array | Codes): number {
  const bytes = bytesOf(array)
  if (bytes.length === 0) return 0
  const lengths = strategies.map((strategy) => deflatedLength(strategy, bytes))
  return Math.min(1, Math.min(...lengths) / bytes.length)
}

/** The same of floats that are made when they are read. */
function floatsOf(tensor: FloatTensor, count: number): Float32Array {
  const weights = weightsOf(tensor)
  if (tensor.between === undefined || weights <= count) return piecesOf(tensor.values, count)
  const length = count / PIECES
  const result = new Float32Array(count)
  for (let piece = 0; piece < PIECES; piece++) {
    const start = placeOf(piece, PIECES, weights, length)
    result.set(tensor.between(start, start + length), piece * length)
  }
  return result
}

/** As many elements of an array, in pieces spread over it; the array itself where it has no more. */
function piecesOf<Elements extends Float32Array | Codes>(array: Elements, count: number): Elements {
  if (array.length <= count) return array
  const result = array.slice(0, count) as Elements
  const length = count / PIECES
  for (let piece = 0; piece < PIECES; piece++) {
    const start = placeOf(piece, PIECES, array.length, length)
    result.set(array.subarray(start, start + length), piece * length)
  }
  return result
}

/**
 * A place in each of equally long parts, in which a piece ends; spread so that no period of the tensor, such as the rows
 * of a picture, is met again and again.
 */
function placeOf(part: number, parts: number, total: number, piece: number): number {
  const span = total / parts
  const golden = 0.618
  return Math.floor(part * span + ((part * golden) % 1) * (span - piece))
}

function halves(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, numberToFloat16)
}

function bytesOf(array: Float32Array | Codes): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
