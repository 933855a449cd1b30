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
  readonly scale: Float64Array
  readonly zeroPoint: Float64Array
  /** 1 = kept, 0 = pruned; only where the levels do not contain zero, so zeros need telling apart. */
  readonly mask: Uint8Array | null
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
export function affineMin(scale: number, zeroPoint: number): number {
  return -scale * zeroPoint
}

/** Restores the float32 weights that the file will hold. Allocates one array. */
export function decode(tensor: EncodedTensor): Float32Array {
  if (tensor.kind === 'float') return tensor.values
  const { codes, spec } = tensor
  const { count, inner } = spec.channel
  const out = new Float32Array(codes.length)
  if (tensor.kind === 'codebook') {
    const { levels, bits, groups } = tensor
    for (let i = 0; i < codes.length; i++) {
      const group = groups === 1 ? 0 : Math.floor(i / inner) % count
      out[i] = levels[(group << bits) + (codes[i] ?? 0)] ?? 0
    }
    return out
  }
  const { scale, zeroPoint, mask } = tensor
  const perTensor = scale.length === 1
  for (let i = 0; i < codes.length; i++) {
    if (mask?.[i] === 0) continue
    const channel = perTensor ? 0 : Math.floor(i / inner) % count
    const step = scale[channel] ?? 0
    out[i] = (codes[i] ?? 0) * step + affineMin(step, zeroPoint[channel] ?? 0)
  }
  return out
}
