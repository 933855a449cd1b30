import { forEachRun, forEachStretch } from './group-layout'
import type { GroupLayout, Stretch } from './group-layout'
import { elementCount } from './tensor-spec'
import type { TensorSpec } from './tensor-spec'

export type Codes = Uint8Array | Uint16Array

/** Values kept as numbers: untouched weights, pruned ones that are not quantized, biases. */
export interface FloatTensor {
  readonly kind: 'float'
  readonly spec: TensorSpec
  readonly values: Float32Array
  /**
   * Weights [from, to) alone, where `values` are made when they are read; nobody changes them. What has to be made is
   * made in `room`, where that is given: it has space for as many, and holds them until it is given again.
   */
  readonly between?: (from: number, to: number, room?: Float32Array) => Float32Array
}

/**
 * k-bit integers with `real = scale * (code - zeroPoint)`, one pair for each group of weights. The linear
 * scheme of the tutorial is the case zeroPoint = 2^(bits-1) - 1/2, so a zero point need not be an integer here.
 */
export interface AffineTensor {
  readonly kind: 'affine'
  readonly spec: TensorSpec
  readonly bits: number
  readonly codes: Codes
  readonly groups: GroupLayout
  /**
   * float32, so that `fround((code - zeroPoint) * scale)`, which is how ONNX decodes, is the same number:
   * scale and whole zero point have so few bits that nothing is rounded before the end.
   */
  readonly scale: Float32Array
  readonly zeroPoint: Float64Array
  /**
   * Of a tensor that a file had quantized before, as one group: the file's own numbers, in double precision, which
   * decoding uses instead. A format without doubles cannot hold such a tensor exactly.
   */
  readonly fromFile?: FileRange
  /** 1 = kept, 0 = pruned; only where the levels do not contain zero, so zeros need telling apart. */
  readonly mask: Uint8Array | null
}

/** How a manifest says it: real = code * scale + min. */
export interface FileRange {
  readonly scale: number
  readonly min: number
}

/** k-bit indices into tables of levels; `levels` holds 2^bits of them for each group of weights. */
export interface CodebookTensor {
  readonly kind: 'codebook'
  readonly spec: TensorSpec
  readonly bits: number
  readonly codes: Codes
  readonly groups: GroupLayout
  readonly levels: Float32Array
}

/**
 * The narrow waist of the studio: charts, accuracy, sizes and files are all made from this object,
 * so they cannot disagree. Accuracy is only ever measured on `decode(encoded)`.
 */
export type EncodedTensor = FloatTensor | AffineTensor | CodebookTensor

/**
 * The value of one code. This is the one definition of decoding: double arithmetic, rounded once to
 * float32, which is also what stock TensorFlow.js computes from a manifest's `scale` and `min`.
 */
export function affineLevel(code: number, scale: number, zeroPoint: number): number {
  return Math.fround(code * scale + affineMin(scale, zeroPoint))
}

/** The manifest's `min`: the real value of code 0, in double precision. */
function affineMin(scale: number, zeroPoint: number): number {
  return -scale * zeroPoint
}

/** Scale and min of a group, in double precision. */
export function rangeOf(
  tensor: Pick<AffineTensor, 'fromFile' | 'scale' | 'zeroPoint'>,
  group: number,
): FileRange {
  if (tensor.fromFile !== undefined) return tensor.fromFile
  const scale = tensor.scale[group] ?? 0
  return { scale, min: affineMin(scale, tensor.zeroPoint[group] ?? 0) }
}

/**
 * All levels of one group of an affine tensor: entry `code` is `affineLevel(code, scale, zeroPoint)`.
 */
export function affineLevels(
  tensor: Extract<Meaning, { readonly kind: 'affine' }>,
  group: number,
): Float32Array {
  const { scale, min } = rangeOf(tensor, group)
  const levels = new Float32Array(2 ** tensor.bits)
  for (let code = 0; code < levels.length; code++) levels[code] = code * scale + min
  return levels
}

/**
 * The levels of a tensor whose codes mean the same in every group, else null.
 * Weights under a mask are zero whatever their code.
 */
export function sharedLevels(tensor: Meaning): Float32Array | null {
  if (tensor.kind === 'codebook')
    return tensor.levels.length === 2 ** tensor.bits ? tensor.levels : null
  return tensor.scale.length === 1 ? affineLevels(tensor, 0) : null
}

const decodedGroups = new WeakMap<EncodedTensor, Float32Array>()

/** Longer arrays are most of a large model, which memory need not hold twice: what is made of them is not remembered. */
export const REMEMBERED = 2 ** 22

/**
 * Restores the float32 weights that the file will hold; the caller must not change them. Allocates one
 * array, none for floats. Where groups differ a short array is remembered with the tensor: errors,
 * histogram and accuracy each need it, and there are no common levels to read it off.
 */
export function decode(tensor: EncodedTensor): Float32Array {
  if (tensor.kind === 'float') return tensor.values
  const known = decodedGroups.get(tensor)
  if (known !== undefined) return known
  const out = new Float32Array(tensor.codes.length)
  const shared = sharedLevels(tensor)
  if (shared === null && out.length <= REMEMBERED) decodedGroups.set(tensor, out)
  if (shared !== null) decodeShared(tensor.codes, shared, out)
  else
    forEachStretch(tensor.groups, out.length, (stretch) => {
      if (tensor.kind === 'codebook') decodeTables(tensor, stretch, out)
      else if (stretch.run === 1) decodeInterleaved(tensor, stretch, out)
      else decodeRuns(tensor, stretch, out)
    })
  if (tensor.kind === 'affine' && tensor.mask !== null) eraseMasked(tensor.mask, out)
  return out
}

/**
 * Restores weights [from, to) alone, as `decode` would; the caller must not change them. A large tensor is read in
 * such pieces where nothing needs it whole.
 * @param room for whoever reads piece after piece and is done with one before the next
 */
export function decodeRange(
  tensor: EncodedTensor,
  from: number,
  to: number,
  room?: Float32Array,
): Float32Array {
  if (tensor.kind === 'float' && tensor.between !== undefined) return tensor.between(from, to, room)
  const known = tensor.kind === 'float' ? tensor.values : decodedGroups.get(tensor)
  if (known !== undefined)
    return from === 0 && to === known.length ? known : known.subarray(from, to)
  if (tensor.kind === 'float') return tensor.values
  const { codes } = tensor
  const out = room?.subarray(0, to - from) ?? new Float32Array(to - from)
  decodeCodes(tensor, codes.length, codes.subarray(from, to), from, out)
  if (tensor.kind === 'affine' && tensor.mask !== null)
    eraseMasked(tensor.mask.subarray(from, to), out)
  return out
}

/** What codes stand for, without the codes. */
export type Meaning = Omit<AffineTensor, 'codes' | 'mask'> | Omit<CodebookTensor, 'codes'>

/**
 * Restores weights from the codes of those alone, of a tensor whose codes nobody holds whole.
 * @param length of the whole tensor
 * @param codes of weights [from, from + codes.length)
 * @param out as long as `codes`
 */
export function decodeCodes(
  meaning: Meaning,
  length: number,
  codes: Codes,
  from: number,
  out: Float32Array,
): void {
  const shared = sharedLevels(meaning)
  if (shared !== null) decodeShared(codes, shared, out)
  else
    forEachRun(meaning.groups, length, from, from + codes.length, (group, start, end) => {
      const levelOf = levelsOfGroup(meaning, group)
      for (let i = start - from; i < end - from; i++) out[i] = levelOf(codes[i] ?? 0)
    })
}

/** How many weights a tensor has, made or not. */
export function weightsOf(tensor: EncodedTensor): number {
  if (tensor.kind !== 'float') return tensor.codes.length
  return tensor.between === undefined ? tensor.values.length : elementCount(tensor.spec.shape)
}

/** Whether a tensor is an array as it is, and nothing that is made of it. */
export function isArray(tensor: EncodedTensor, values: ArrayLike<number> | undefined): boolean {
  return tensor.kind === 'float' && tensor.between === undefined && tensor.values === values
}

/** Weights of a piece of floats that are made when they are read. */
const PIECE = 2 ** 20

/** Visits floats from the first to the last: those that are there at once, others in pieces, which nobody keeps. */
export function eachPiece(
  tensor: FloatTensor,
  visit: (values: Float32Array, from: number) => void,
): void {
  const { between } = tensor
  if (between === undefined) {
    visit(tensor.values, 0)
    return
  }
  const length = weightsOf(tensor)
  const room = new Float32Array(Math.min(length, PIECE))
  for (let from = 0; from < length; from += PIECE)
    visit(between(from, Math.min(length, from + PIECE), room), from)
}

/** The value of a code in one group. */
function levelsOfGroup(tensor: Meaning, group: number): (code: number) => number {
  if (tensor.kind === 'codebook') {
    const base = group << tensor.bits
    return (code) => tensor.levels[base + code] ?? 0
  }
  const { scale, min } = rangeOf(tensor, group)
  return (code) => code * scale + min
}

function decodeShared(codes: Codes, levels: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = levels[codes[i] ?? 0] ?? 0
}

function decodeTables(
  { codes, levels, bits }: CodebookTensor,
  { start, end, first, count, run }: Stretch,
  out: Float32Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++) {
      const base = group << bits
      for (const stop = i + run; i < stop; i++) out[i] = levels[base + (codes[i] ?? 0)] ?? 0
    }
}

function decodeRuns(
  { codes, scale, zeroPoint }: AffineTensor,
  { start, end, first, count, run }: Stretch,
  out: Float32Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++) {
      const step = scale[group] ?? 0
      const min = affineMin(step, zeroPoint[group] ?? 0)
      for (const stop = i + run; i < stop; i++) out[i] = (codes[i] ?? 0) * step + min
    }
}

/** Groups vary fastest: one row of all of them after the other. */
function decodeInterleaved(
  { codes, scale, zeroPoint }: AffineTensor,
  { start, end, first, count }: Stretch,
  out: Float32Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++, i++)
      out[i] = (codes[i] ?? 0) * (scale[group] ?? 0) - (scale[group] ?? 0) * (zeroPoint[group] ?? 0)
}

/** Works on bits: a branch on a random mask would be mispredicted every other time. */
function eraseMasked(mask: Uint8Array, out: Float32Array): void {
  const bits = new Int32Array(out.buffer, out.byteOffset, out.length)
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) & -(mask[i] ?? 0)
}
