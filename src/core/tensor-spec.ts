/** What a weight is for; decides whether a technique touches it. */
export type TensorRole =
  | 'kernel'
  | 'depthwiseKernel'
  | 'recurrentKernel'
  | 'embedding'
  | 'bias'
  | 'normalization'
  | 'other'

/** Families of layers whose kernels are compressed, each with a switch of its own in the controls. */
export const kernelKinds = ['dense', 'convolution', 'depthwise', 'recurrent', 'embedding'] as const

export type LayerKind = (typeof kernelKinds)[number] | 'normalization' | 'other'

/**
 * How a flat, row-major index maps to an output channel:
 * `channel = floor(index / inner) % count`. Dense [in, out] and conv [h, w, in, out] have inner 1 and
 * count out; depthwise [h, w, in, multiplier] has inner 1 and count in * multiplier; a transposed
 * convolution [h, w, out, in] has inner in and count out.
 */
export interface ChannelLayout {
  readonly count: number
  readonly inner: number
}

/** A weight tensor without its values. */
export interface TensorSpec {
  /** Unique in the model: the name by which `loadLayersModel` looks it up. */
  readonly name: string
  readonly shape: readonly number[]
  /**
   * As the running model sees it; a quantized file still decodes to float32. `bytes` are of a type that nothing here
   * computes with, and stay as they are.
   */
  readonly dtype: 'float32' | 'int32' | 'bool' | 'bytes'
  readonly role: TensorRole
  readonly layerName: string
  readonly layerKind: LayerKind
  readonly channel: ChannelLayout
}

/** @throws RangeError for bytes, which no graph computes with */
export function numberType({ dtype, name }: TensorSpec): Exclude<TensorSpec['dtype'], 'bytes'> {
  if (dtype === 'bytes') throw new RangeError(`${name} holds no numbers`)
  return dtype
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

/** Weights that pruning removes connections from and that quantization covers unless told more. */
export function isCompressible(spec: TensorSpec): boolean {
  return (
    spec.dtype === 'float32' &&
    (spec.role === 'kernel' ||
      spec.role === 'depthwiseKernel' ||
      spec.role === 'recurrentKernel' ||
      spec.role === 'embedding')
  )
}
