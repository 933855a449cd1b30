import { elementCount } from '../../core/tensor-spec'

/** Elements that are not zero, and where each of them belongs. */
interface SparseElements {
  /** Of the whole tensor. */
  readonly shape: readonly number[]
  /** Bytes of one element. */
  readonly width: number
  readonly bytes: Uint8Array
  /** One for each element; or one for each axis of each. */
  readonly places: readonly number[]
}

/**
 * All elements as a dense tensor holds them.
 * @throws what `refused` makes of a place that is outside, or not behind the one before it
 */
export function denseBytes(
  { bytes, places, shape, width }: SparseElements,
  refused: (expected: string, found: string) => Error,
): Uint8Array<ArrayBuffer> {
  const length = elementCount(shape)
  const dense = new Uint8Array(length * width)
  const count = bytes.length / width
  const axes = places.length === count ? [length] : shape
  let before = -1
  for (let at = 0; at < count; at++) {
    let index = 0
    for (const [axis, side] of axes.entries()) {
      const step = places[at * axes.length + axis] ?? -1
      if (!(step >= 0 && step < side)) throw refused(`places below ${side}`, String(step))
      index = index * side + step
    }
    // ONNX wants them so; a place that comes twice would be one of two numbers.
    if (index <= before) throw refused('places in ascending order', `${index} behind ${before}`)
    before = index
    dense.set(bytes.subarray(at * width, (at + 1) * width), index * width)
  }
  return dense
}
