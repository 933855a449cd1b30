import type { OpenedWeight, RefillableFile, WeightPlace } from './format'
import { encodeFloats, isElementType, isFloat } from './named-weights/element-types'

/** The file with numbers in it, which can be replaced. */
export class RefilledFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  private readonly places = new Map<string, { readonly place: WeightPlace; readonly at: number }>()
  private readonly own: ReadonlyMap<string, OpenedWeight>

  /** @param weights as they were opened, which are in it first */
  constructor(parts: RefillableFile, weights: readonly OpenedWeight[]) {
    const size = parts.reduce((sum, part) => sum + sizeOf(part), 0)
    this.bytes = new Uint8Array(size)
    this.own = new Map(weights.map((weight) => [weight.spec.name, weight]))
    let at = 0
    for (const part of parts) {
      if (part instanceof Uint8Array) this.bytes.set(part, at)
      else this.places.set(part.weight, { place: part, at })
      at += sizeOf(part)
    }
    for (const { spec, values } of weights) this.set(spec.name, values)
  }

  /** Floats are rounded to the type of the file; those of the file itself come back bit for bit. */
  set(weight: string, values: OpenedWeight['values']): void {
    const known = this.places.get(weight)
    if (known === undefined) return
    const bytes = this.bytesOf(known.place, values)
    if (bytes.length !== known.place.size)
      throw new RangeError(`${weight} takes ${known.place.size} bytes, not ${bytes.length}`)
    this.bytes.set(bytes, known.at)
  }

  private bytesOf({ type, weight }: WeightPlace, values: OpenedWeight['values']): Uint8Array {
    const own = this.own.get(weight)
    const held = own?.values === values ? own.held : undefined
    if (held?.kind === 'bytes' && held.type === type) return held.bytes
    if (values instanceof Float32Array && isElementType(type) && isFloat(type))
      return encodeFloats(type, values)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  }
}

function sizeOf(part: RefillableFile[number]): number {
  return part instanceof Uint8Array ? part.length : part.size
}
