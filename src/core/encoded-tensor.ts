import type { TensorSpec } from './tensor-spec'

export type Codes = Uint8Array | Uint16Array

/** Values kept as numbers: untouched weights, pruned ones that are not quantized, biases. */
export interface FloatTensor {
  readonly kind: 'float'
  readonly spec: TensorSpec
  readonly values: Float32Array
}

/**
 * k-bit integers with `real = scale * (code - zeroPoint)`, one pair per tensor or per channel
 * (`scale.length` is 1 or `spec.channel.count`). The linear scheme of the tutorial is the case
 * zeroPoint = 2^(bits-1) - 1/2, so a zero point need not be an integer here.
 */
export interface AffineTensor {
  readonly kind: 'affine'
  readonly spec: TensorSpec
  readonly bits: number
  readonly codes: Codes
  /**
   * float32, so that `fround((code - zeroPoint) * scale)`, which is how ONNX decodes, is the same number:
   * scale and whole zero point have so few bits that nothing is rounded before the end.
   */
  readonly scale: Float32Array
  readonly zeroPoint: Float64Array
  /**
   * Of a tensor that a file had quantized before: the file's own numbers, in double precision, which
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

/** k-bit indices into a table of levels; `levels` holds groups of 2^bits, one group per channel. */
export interface CodebookTensor {
  readonly kind: 'codebook'
  readonly spec: TensorSpec
  readonly bits: number
  readonly codes: Codes
  readonly levels: Float32Array
  /** 1 or `spec.channel.count`. */
  readonly groups: number
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

/** Scale and min of a channel, in double precision. */
export function rangeOf(tensor: AffineTensor, channel: number): FileRange {
  if (tensor.fromFile !== undefined) return tensor.fromFile
  const scale = tensor.scale[channel] ?? 0
  return { scale, min: affineMin(scale, tensor.zeroPoint[channel] ?? 0) }
}

/**
 * All levels of one channel of an affine tensor: entry `code` is `affineLevel(code, scale, zeroPoint)`.
 * @param channel 0 for per-tensor parameters
 */
export function affineLevels(tensor: AffineTensor, channel: number): Float32Array {
  const { scale, min } = rangeOf(tensor, channel)
  const levels = new Float32Array(2 ** tensor.bits)
  for (let code = 0; code < levels.length; code++) levels[code] = code * scale + min
  return levels
}

/**
 * The levels of a tensor whose codes mean the same in every channel, else null.
 * Weights under a mask are zero whatever their code.
 */
export function sharedLevels(tensor: AffineTensor | CodebookTensor): Float32Array | null {
  if (tensor.kind === 'codebook') return tensor.groups === 1 ? tensor.levels : null
  return tensor.scale.length === 1 ? affineLevels(tensor, 0) : null
}

const decodedChannels = new WeakMap<EncodedTensor, Float32Array>()

/**
 * Restores the float32 weights that the file will hold; the caller must not change them. Allocates one
 * array, none for floats. Where channels differ the array is remembered with the tensor: errors,
 * histogram and accuracy each need it, and there are no common levels to read it off.
 */
export function decode(tensor: EncodedTensor): Float32Array {
  if (tensor.kind === 'float') return tensor.values
  const known = decodedChannels.get(tensor)
  if (known !== undefined) return known
  const out = new Float32Array(tensor.codes.length)
  const shared = sharedLevels(tensor)
  if (shared === null) decodedChannels.set(tensor, out)
  if (shared !== null) decodeShared(tensor.codes, shared, out)
  else if (tensor.kind === 'codebook') decodeGroups(tensor, out)
  else decodeChannels(tensor, out)
  if (tensor.kind === 'affine' && tensor.mask !== null) eraseMasked(tensor.mask, out)
  return out
}

function decodeShared(codes: Codes, levels: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = levels[codes[i] ?? 0] ?? 0
}

function decodeGroups(tensor: CodebookTensor, out: Float32Array): void {
  const { codes, levels, bits, spec } = tensor
  const { count, inner } = spec.channel
  for (let i = 0; i < out.length;) {
    for (let group = 0; group < count; group++) {
      const base = group << bits
      for (const end = i + inner; i < end; i++) out[i] = levels[base + (codes[i] ?? 0)] ?? 0
    }
  }
}

function decodeChannels(tensor: AffineTensor, out: Float32Array): void {
  const { codes, scale, zeroPoint, spec } = tensor
  const { count, inner } = spec.channel
  const min = zeroPoint.map((point, channel) => affineMin(scale[channel] ?? 0, point))
  for (let i = 0; inner === 1 && i < out.length;) {
    for (let channel = 0; channel < count; channel++, i++)
      out[i] = (codes[i] ?? 0) * (scale[channel] ?? 0) + (min[channel] ?? 0)
  }
  for (let i = 0; inner !== 1 && i < out.length;) {
    for (let channel = 0; channel < count; channel++) {
      const step = scale[channel] ?? 0
      const low = min[channel] ?? 0
      for (const end = i + inner; i < end; i++) out[i] = (codes[i] ?? 0) * step + low
    }
  }
}

/** Works on bits: a branch on a random mask would be mispredicted every other time. */
function eraseMasked(mask: Uint8Array, out: Float32Array): void {
  const bits = new Int32Array(out.buffer)
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) & -(mask[i] ?? 0)
}
