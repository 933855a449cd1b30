import type { WeightTensor } from '../core/weight-tensor'
import { hasOutputRows, rowsOf } from './output-error'
import type { WeightRows } from './output-error'

/** So many weights of a model are looked at, for the time that it takes. */
const MOST_WEIGHTS = 2 ** 20
const [FEWEST_OF_KERNEL, MOST_OF_KERNEL] = [2 ** 13, 2 ** 16]

/** How many weights of a kernel are looked at: what a larger one costs and loses is that of as many of its rows. */
export function mostOfKernel(kernels: number): number {
  return Math.max(FEWEST_OF_KERNEL, Math.min(MOST_OF_KERNEL, Math.floor(MOST_WEIGHTS / kernels)))
}

/** A kernel, or rows spread over it where it is large. */
export interface KernelSample {
  readonly weight: WeightTensor
  readonly rows: WeightRows
  /** Weights of the kernel for each one that is looked at. */
  readonly scale: number
}

/**
 * What is looked at of a kernel. Its smallest and its largest weight are always among it: they decide the steps of
 * codes.
 * @param moments as in `rowsOf`
 */
export function sampleKernel(
  weight: WeightTensor,
  moments: Float64Array | null,
  most: number,
): KernelSample {
  const { spec, values } = weight
  const whole = rowsOf(spec, values, moments)
  if (values.length <= most) return { weight, rows: whole, scale: 1 }
  const { columns } = whole
  const count = whole.moments.length
  const wanted = Math.max(2, Math.min(count, Math.floor(most / columns)))
  const picked = new Set(extremeRows(values, columns))
  for (let i = 0; picked.size < wanted && i < wanted; i++)
    picked.add(Math.floor((i * count) / wanted))
  const chosen = [...picked].sort((one, other) => one - other)
  const own = new Float32Array(chosen.length * columns)
  chosen.forEach((row, at) => {
    own.set(values.subarray(row * columns, (row + 1) * columns), at * columns)
  })
  const channel = hasOutputRows(spec)
    ? { count: chosen.length, inner: columns }
    : { count: columns, inner: 1 }
  return {
    weight: { spec: { ...spec, shape: [chosen.length, columns], channel }, values: own },
    rows: {
      values: own,
      columns,
      columnMoments: whole.columnMoments,
      moments: Float64Array.from(chosen, (row) => whole.moments[row] ?? 0),
    },
    scale: values.length / own.length,
  }
}

function extremeRows(values: Float32Array, columns: number): number[] {
  let [least, most] = [0, 0]
  for (let i = 1; i < values.length; i++) {
    if ((values[i] ?? 0) < (values[least] ?? 0)) least = i
    if ((values[i] ?? 0) > (values[most] ?? 0)) most = i
  }
  return [Math.floor(least / columns), Math.floor(most / columns)]
}
