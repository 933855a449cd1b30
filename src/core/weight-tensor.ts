import type { AffineTensor } from './encoded-tensor'
import type { TensorSpec } from './tensor-spec'

/** A weight tensor with its values: row-major, length = product of the shape, finite. */
export interface WeightTensor {
  readonly spec: TensorSpec
  readonly values: Float32Array
  /** The codes that the file holds, where it was quantized before; they decode to `values`. */
  readonly stored?: AffineTensor | null
}
