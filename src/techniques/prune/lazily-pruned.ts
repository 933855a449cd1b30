import { decodeRange } from '../../core/encoded-tensor'
import type { FloatTensor } from '../../core/encoded-tensor'
import { MadeWhenRead } from '../../core/made-when-read'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { WorkingTensor } from '../technique'
import { keptMask, keptValues, removeMasked } from './removal'

/** Weights of a piece where several are made one after the other. */
const PIECE = 2 ** 20

class PrunedFloats implements FloatTensor {
  readonly kind = 'float'
  private readonly made: MadeWhenRead<Float32Array>

  constructor(
    readonly spec: TensorSpec,
    length: number,
    private readonly piece: (from: number, to: number, out: Float32Array) => Float32Array,
  ) {
    this.made = new MadeWhenRead(() => {
      const values = new Float32Array(length)
      for (let from = 0; from < length; from += PIECE) {
        const to = Math.min(length, from + PIECE)
        piece(from, to, values.subarray(from, to))
      }
      return values
    })
  }

  get values(): Float32Array {
    return this.made.value
  }

  readonly between = (from: number, to: number, room?: Float32Array): Float32Array =>
    this.made.current?.subarray(from, to) ??
    this.piece(from, to, room?.subarray(0, to - from) ?? new Float32Array(to - from))
}

/**
 * Floats that are made of what they were whenever they are read, and so is the mask where a threshold says it: of a large
 * model memory need not hold them beside what they come from.
 */
export class LazilyPruned implements WorkingTensor {
  readonly spec: TensorSpec
  readonly clipped: number
  readonly encoded: FloatTensor
  readonly maskBetween: (from: number, to: number) => Uint8Array
  private readonly made: MadeWhenRead<Uint8Array>

  /** @param tensor floats; @param removes a threshold, or what an own choice has made: 1 = kept */
  constructor(tensor: WorkingTensor, removes: number | Uint8Array) {
    this.spec = tensor.spec
    this.clipped = tensor.clipped
    const length = elementCount(this.spec.shape)
    this.maskBetween = (from, to) =>
      typeof removes === 'number'
        ? keptMask(decodeRange(tensor.encoded, from, to), removes)
        : removes.subarray(from, to)
    this.made = new MadeWhenRead(() => this.maskBetween(0, length))
    this.encoded = new PrunedFloats(this.spec, length, (from, to, out) => {
      const values = decodeRange(tensor.encoded, from, to, out)
      return typeof removes === 'number'
        ? keptValues(values, removes, out)
        : removeMasked(values, removes.subarray(from, to), out).values
    })
  }

  get mask(): Uint8Array {
    return this.made.value
  }

  get values(): Float32Array {
    return this.encoded.values
  }
}
