import { decodeRange } from '../../core/encoded-tensor'
import type { FloatTensor } from '../../core/encoded-tensor'
import { MadeWhenRead } from '../../core/made-when-read'
import type { TensorSpec } from '../../core/tensor-spec'
import type { WorkingTensor } from '../technique'
import { keptMask, removeMasked } from './removal'

/** Weights of a piece where several are made one after the other. */
const PIECE = 2 ** 20

class PrunedFloats implements FloatTensor {
  readonly kind = 'float'
  private readonly made: MadeWhenRead<Float32Array>

  constructor(
    readonly spec: TensorSpec,
    length: number,
    private readonly piece: (from: number, to: number) => Float32Array,
  ) {
    this.made = new MadeWhenRead(() => {
      const values = new Float32Array(length)
      for (let from = 0; from < length; from += PIECE)
        values.set(piece(from, Math.min(length, from + PIECE)), from)
      return values
    })
  }

  get values(): Float32Array {
    return this.made.value
  }

  readonly between = (from: number, to: number): Float32Array =>
    this.made.current?.subarray(from, to) ?? this.piece(from, to)
}

/**
 * Floats that are made of what they were whenever they are read, and so is the mask where a threshold says it: of a large
 * model memory need not hold them beside what they come from.
 */
export class LazilyPruned implements WorkingTensor {
  readonly spec: TensorSpec
  readonly clipped: number
  readonly encoded: FloatTensor
  private readonly made: MadeWhenRead<Uint8Array>

  /** @param tensor floats; @param removes a threshold, or what an own choice has made: 1 = kept */
  constructor(tensor: WorkingTensor, removes: number | Uint8Array) {
    this.spec = tensor.spec
    this.clipped = tensor.clipped
    const { length } = tensor.values
    const maskOf = (values: Float32Array, from: number): Uint8Array =>
      typeof removes === 'number'
        ? keptMask(values, removes)
        : removes.subarray(from, from + values.length)
    this.made = new MadeWhenRead(() => maskOf(tensor.values, 0))
    this.encoded = new PrunedFloats(this.spec, length, (from, to) => {
      const values = decodeRange(tensor.encoded, from, to)
      return removeMasked(values, maskOf(values, from)).values
    })
  }

  get mask(): Uint8Array {
    return this.made.value
  }

  get values(): Float32Array {
    return this.encoded.values
  }
}
