import { countCodes } from './code-counts'
import { deflatedLength } from './deflate/strategies'
import type { Strategy } from './deflate/strategies'
import { decode } from './encoded-tensor'
import type { Codes, EncodedTensor } from './encoded-tensor'
import { numberToFloat16 } from './float16'
import { largestOf } from './largest-of'
import { symbolEntropy } from './sizes'

/** How a file holds the tensor: its codes, or its restored values as floats. */
export type EntryForm = 'uint8' | 'uint16' | 'float32' | 'float16'

export interface StoredEntry {
  readonly tensor: EncodedTensor
  readonly form: EntryForm
}

const BYTES: Readonly<Record<EntryForm, number>> = { uint8: 1, uint16: 2, float32: 4, float16: 2 }

/** Bytes that are really deflated of a tensor; half as many codes say enough. */
const SAMPLE_BYTES = 2 ** 14
const PIECES = 4
/** Where whole floats repeat, what came before a piece decides what is left of it. */
const HISTORY_BYTES = 2 ** 15
/** So many tensors of a kind are sampled, fewer where they hold most of it; the others are taken to be like these. */
const SAMPLED_TENSORS = 4
const MOST_OF_IT = 0.8

/**
 * Estimates the deflated bytes of a model's weights without deflating them, for while a slider moves.
 *
 * Of the largest tensors of each kind a sample is deflated, by the cheap ones of the strategies that
 * are tried for the file: dearer ones save little more. Within 15 % on Gaussian and Laplace weights of
 * 100,000 and more, pruned or not (tested); weights with a pattern in their order may deflate better
 * than this.
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
  let [sampled, deflated] = [0, 0]
  for (const entry of bySize.slice(0, SAMPLED_TENSORS)) {
    if (sampled > MOST_OF_IT * whole) break
    sampled += storedBytes(entry)
    deflated += storedBytes(entry) * sampledRatio(entry)
  }
  return sampled === 0 ? 0 : (deflated * whole) / sampled
}

function storedBytes({ tensor, form }: StoredEntry): number {
  return BYTES[form] * (tensor.kind === 'float' ? tensor.values : tensor.codes).length
}

/** Deflated share of a tensor's bytes; at most all of them, which are stored as they are then. */
function sampledRatio({ tensor, form }: StoredEntry): number {
  if (tensor.kind === 'float') {
    // A run of zeros is all that repeats in floats that were not quantized.
    const values = piecesOf(tensor.values, SAMPLE_BYTES / 4)
    return ratioBy(['runs'], form === 'float16' ? halves(values) : values)
  }
  if (form === 'uint8') {
    const { counts, weights } = countCodes(tensor)
    // Nothing repeats for long: what Huffman codes make of codes is their entropy.
    const most = counts === null ? weights : (counts[largestOf(counts, 0, counts.length)] ?? 0)
    if (counts !== null && 2 * most < weights) return symbolEntropy(counts) / 8
    return ratioBy(['huffman', 'runs'], piecesOf(tensor.codes, SAMPLE_BYTES / 2))
  }
  // What is pruned repeats as two bytes.
  if (form === 'uint16')
    return ratioBy(['huffman', 'fflate6'], piecesOf(tensor.codes, SAMPLE_BYTES / 4))
  return floatRatio(tensor, form)
}

/** Levels as floats, from the top of the tensor: the groups of its rows are needed to decode them. */
function floatRatio(
  tensor: Exclude<EncodedTensor, { readonly kind: 'float' }>,
  form: 'float32' | 'float16',
): number {
  const { count, inner } = tensor.groups
  const row = count === 1 ? 1 : count * inner
  const wanted = (HISTORY_BYTES + SAMPLE_BYTES) / BYTES[form]
  const codes = tensor.codes.subarray(0, row * Math.ceil(wanted / row))
  const values = decode(
    tensor.kind === 'codebook'
      ? { ...tensor, codes }
      : { ...tensor, codes, mask: tensor.mask?.subarray(0, codes.length) ?? null },
  )
  const bytes = bytesOf(form === 'float16' ? halves(values) : values)
  const end = Math.min(bytes.length, HISTORY_BYTES + SAMPLE_BYTES)
  const start = Math.max(0, end - SAMPLE_BYTES)
  if (end === 0) return 0
  return Math.min(1, deflatedLength('fflate6', bytes, start, end) / (end - start))
}

function ratioBy(strategies: readonly Strategy[], array: Float32Array | Codes): number {
  const bytes = bytesOf(array)
  if (bytes.length === 0) return 0
  const lengths = strategies.map((strategy) => deflatedLength(strategy, bytes))
  return Math.min(1, Math.min(...lengths) / bytes.length)
}

/** As many elements of an array, in pieces spread over it; the array itself where it has no more. */
function piecesOf<Elements extends Float32Array | Codes>(array: Elements, count: number): Elements {
  if (array.length <= count) return array
  const result = array.slice(0, count) as Elements
  const length = count / PIECES
  for (let piece = 1; piece < PIECES; piece++) {
    const start = Math.floor((piece * (array.length - length)) / (PIECES - 1))
    result.set(array.subarray(start, start + length), piece * length)
  }
  return result
}

function halves(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, numberToFloat16)
}

function bytesOf(array: Float32Array | Codes): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
