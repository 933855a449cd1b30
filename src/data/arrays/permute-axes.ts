import type { Between } from '../../files/between'
import type { NumberArray } from '../numbers'

const BLOCK = 2 ** 18

/**
 * Values with their axes in another order.
 * @param values row-major
 * @param order for each axis of the result the axis of `shape` that it was
 */
export async function permuteAxes(
  values: NumberArray['values'],
  shape: readonly number[],
  order: readonly number[],
  between: Between,
): Promise<NumberArray['values']> {
  const out =
    values instanceof Uint8Array ? new Uint8Array(values.length) : new Float64Array(values.length)
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, side) => product * side, 1),
  )
  const sides = order.map((axis) => shape[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 0)
  const index = order.map(() => 0)
  let from = 0
  for (let to = 0; to < out.length; to++) {
    if (to % BLOCK === 0) await between(to, out.length)
    out[to] = values[from] ?? 0
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      const side = sides[axis] ?? 1
      const step = steps[axis] ?? 0
      const next = (index[axis] ?? 0) + 1
      if (next < side) {
        index[axis] = next
        from += step
        break
      }
      index[axis] = 0
      from -= step * (side - 1)
    }
  }
  return out
}
