import type { FloatTensor } from '../../core/encoded-tensor'
import { MadeWhenRead } from '../../core/made-when-read'
import type { TensorSpec } from '../../core/tensor-spec'
import type { RestoredValues, StoredForm } from '../../formats/exporter'
import type { NamedWeight } from '../model/runnable-model'

/** A weight that a file restores, made when it is read and held by nobody here: in pieces where it is a large matrix. */
export class RestoredWeight implements NamedWeight {
  readonly encoded?: FloatTensor
  private readonly restored: MadeWhenRead<Float32Array>

  /** @param opened values of the weight in the open model; a file that holds just these is known by them */
  constructor(
    readonly spec: TensorSpec,
    form: Pick<StoredForm, 'restored'>,
    opened: RestoredValues,
  ) {
    const restored = (from?: number, to?: number, room?: Float32Array): Float32Array => {
      const values = form.restored(from, to, room)
      return values instanceof Float32Array ? values : Float32Array.from(values)
    }
    const made = new MadeWhenRead(() => restored())
    this.restored = made
    if (form.restored(0, 0).buffer === opened.buffer) return
    this.encoded = {
      kind: 'float',
      spec,
      get values() {
        return made.value
      },
      between: (from, to, room) => made.current?.subarray(from, to) ?? restored(from, to, room),
    }
  }

  get values(): Float32Array {
    return this.restored.value
  }
}
