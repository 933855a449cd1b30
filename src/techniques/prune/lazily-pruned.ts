import type { FloatTensor } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import type { WorkingTensor } from '../technique'
import { keptMask, removeMasked } from './removal'

/** Made when it is read, and known again for as long as somebody has it. */
class Made<Value extends object> {
  private known: WeakRef<Value> | null = null

  constructor(private readonly make: () => Value) {}

  get value(): Value {
    const known = this.known?.deref()
    if (known !== undefined) return known
    const value = this.make()
    this.known = new WeakRef(value)
    return value
  }
}

class PrunedFloats implements FloatTensor {
  readonly kind = 'float'
  private readonly made: Made<Float32Array>

  constructor(
    readonly spec: TensorSpec,
    make: () => Float32Array,
  ) {
    this.made = new Made(make)
  }

  get values(): Float32Array {
    return this.made.value
  }
}

/**
 * Floats that are made of what they were whenever they are read, and so is the mask where a threshold says it: of a large
 * model memory need not hold them beside what they come from.
 */
export class LazilyPruned implements WorkingTensor {
  readonly spec: TensorSpec
  readonly clipped: number
  readonly encoded: FloatTensor
  private readonly made: Made<Uint8Array>

  /** @param tensor floats; @param removes a threshold, or what an own choice has made: 1 = kept */
  constructor(tensor: WorkingTensor, removes: number | Uint8Array) {
    this.spec = tensor.spec
    this.clipped = tensor.clipped
    this.made = new Made(() =>
      typeof removes === 'number' ? keptMask(tensor.values, removes) : removes,
    )
    this.encoded = new PrunedFloats(this.spec, () => removeMasked(tensor.values, this.mask).values)
  }

  get mask(): Uint8Array {
    return this.made.value
  }

  get values(): Float32Array {
    return this.encoded.values
  }
}
