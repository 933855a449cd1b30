import { elementCount } from '../core/tensor-spec'

type Numbers = Float32Array | Int32Array | Uint8Array | Uint16Array

/**
 * The elements of a row-major tensor whose index along one axis is kept.
 * @param indices in order
 */
export function keepIndices<Values extends Numbers>(
  values: Values,
  shape: readonly number[],
  axis: number,
  indices: readonly number[],
): Values {
  const side = shape[axis] ?? 1
  const run = elementCount(shape.slice(axis + 1))
  const rows = elementCount(shape.slice(0, axis))
  const kept = new (values.constructor as new (length: number) => Values)(
    rows * indices.length * run,
  )
  let to = 0
  for (let row = 0; row < rows; row++)
    for (const index of indices) {
      const from = (row * side + index) * run
      if (run === 1) kept[to] = values[from] ?? 0
      else kept.set(values.subarray(from, from + run), to)
      to += run
    }
  return kept
}
