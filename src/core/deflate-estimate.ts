import { deflateSync } from 'fflate'
import { countCodes } from './code-counts'
import { deflateCurves } from './deflate-curves'
import type { DeflateCurve } from './deflate-curves'
import { decode, sharedLevels } from './encoded-tensor'
import type { EncodedTensor } from './encoded-tensor'
import { numberToFloat16 } from './float16'
import { symbolEntropy } from './sizes'

/** How a file holds the tensor: its codes, or its restored values as floats. */
export type StoredForm = 'uint8' | 'uint16' | 'float32' | 'float16'

export interface StoredEntry {
  readonly tensor: EncodedTensor
  readonly form: StoredForm
}

/** A match of 258 bytes in one or two bits: deflate cannot get below this. */
const LEAST_BITS_PER_BYTE = 0.0085
const BYTES: Readonly<Record<StoredForm, number>> = { uint8: 1, uint16: 2, float32: 4, float16: 2 }

/** Floats that were never quantized: every non-zero value is its own symbol. */
const RAW_WIDTH = 32

/** Bytes that are really deflated of a tensor whose channels differ: two windows of deflate. */
const SAMPLE_BYTES = 2 ** 16
/** How many such tensors are sampled; the others are taken to deflate like these. */
const SAMPLED_TENSORS = 4
/** What the exporter uses; a sample must not be better than the file. */
const LEVEL = 6

/**
 * Estimates the deflated bytes of a model's weights without deflating them, for while a slider moves.
 *
 * Deflate codes bytes with Huffman codes and repeats by reference. On weights, which are in random
 * order, what comes out depends almost only on the entropy of the stored symbols and on how many
 * symbols there are, so it is read off curves measured once on random weights. Where each group has
 * levels of its own the order matters too (a row repeats its predecessor's levels): of the largest
 * four such tensors a sample is deflated. Within 15 % of fflate at level 6 on Gaussian and Laplace
 * weights of 100,000 and more, pruned or not (tested); weights with a pattern in their order deflate
 * better than this.
 */
export function estimateDeflatedBytes(entries: readonly StoredEntry[]): number {
  let total = 0
  const channelled: StoredEntry[] = []
  for (const entry of entries) {
    const { tensor, form } = entry
    if (tensor.kind === 'float' || sharedLevels(tensor) !== null) total += readModel(tensor, form)
    else channelled.push(entry)
  }
  return Math.ceil(total + sampledBytes(channelled))
}

function readModel(tensor: EncodedTensor, form: StoredForm): number {
  const { weights, zeros, masked, counts } = countCodes(tensor)
  if (weights === 0) return 0
  const bits =
    counts === null || tensor.kind === 'float'
      ? readCurves(deflateCurves[form], RAW_WIDTH, 1 - zeros / weights)
      : readCurves(
          deflateCurves[form],
          masked === 0 ? tensor.bits : Math.log2(2 ** tensor.bits + 1),
          symbolEntropy([masked, ...counts]),
        )
  const least = LEAST_BITS_PER_BYTE * BYTES[form]
  return (weights * Math.min(8 * BYTES[form], Math.max(least, bits))) / 8
}

/** Deflated size of tensors by the ratio that samples of the largest ones reach. */
function sampledBytes(entries: readonly StoredEntry[]): number {
  const storedBytes = ({ tensor, form }: StoredEntry): number =>
    BYTES[form] * countCodes(tensor).weights
  const bySize = entries.toSorted((a, b) => storedBytes(b) - storedBytes(a))
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
  const sampled = bySize.slice(0, SAMPLED_TENSORS)
  const estimates = sampled.map((entry) => storedBytes(entry) * sampledRatio(entry))
  const ratio = sum(estimates) / Math.max(1, sum(sampled.map(storedBytes)))
  return sum(estimates) + ratio * sum(bySize.slice(SAMPLED_TENSORS).map(storedBytes))
}

/** What the second half of a sample adds: by then deflate knows the data. */
function sampledRatio(entry: StoredEntry): number {
  const bytes = sampleOf(entry).subarray(0, SAMPLE_BYTES)
  if (bytes.length === 0) return 0
  const half = bytes.length < SAMPLE_BYTES ? 0 : bytes.length / 2
  const before = half === 0 ? 0 : deflateSync(bytes.subarray(0, half), { level: LEVEL }).length
  const whole = deflateSync(bytes, { level: LEVEL }).length
  return (whole - before) / (bytes.length - half)
}

/** The stored bytes of the first whole rows of groups that fill a sample. */
function sampleOf({ tensor, form }: StoredEntry): Uint8Array {
  if (tensor.kind === 'float') return bytesOf(tensor.values)
  const row = tensor.groups.count * tensor.groups.inner
  const codes = tensor.codes.subarray(0, row * Math.ceil(SAMPLE_BYTES / BYTES[form] / row))
  if (form === 'uint8' || form === 'uint16') return bytesOf(codes)
  const values = decode(
    tensor.kind === 'codebook'
      ? { ...tensor, codes }
      : { ...tensor, codes, mask: tensor.mask?.subarray(0, codes.length) ?? null },
  )
  return bytesOf(form === 'float32' ? values : Uint16Array.from(values, numberToFloat16))
}

function bytesOf(array: Float32Array | Uint16Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** Between the curves of two widths the mean weighted by distance; outside the nearest curve. */
function readCurves(curves: readonly DeflateCurve[], width: number, entropy: number): number {
  const upper = curves.find((curve) => curve.width >= width) ?? curves.at(-1)
  const lower = curves.findLast((curve) => curve.width <= width) ?? curves[0]
  if (upper === undefined || lower === undefined) return NaN
  const high = readCurve(upper.knots, entropy)
  if (upper === lower || upper.width <= width) return high
  const low = readCurve(lower.knots, entropy)
  if (lower.width >= width) return low
  const share = (width - lower.width) / (upper.width - lower.width)
  return low + share * (high - low)
}

/** Linear between knots, along the last segment beyond them, towards the origin before them. */
function readCurve(knots: readonly number[], at: number): number {
  let end = 0
  while (end < knots.length - 2 && (knots[end] ?? 0) < at) end += 2
  const x1 = knots[end] ?? 0
  const y1 = knots[end + 1] ?? 0
  const x0 = end === 0 ? 0 : (knots[end - 2] ?? 0)
  const y0 = end === 0 ? 0 : (knots[end - 1] ?? 0)
  return y0 + ((y1 - y0) * (at - x0)) / (x1 - x0)
}
