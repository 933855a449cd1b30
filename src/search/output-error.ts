import type { TensorSpec } from '../core/tensor-spec'

/** Weights as rows: all inputs of a layer by its outputs, each row with what its input weighs in the output. */
export interface WeightRows {
  /** Row-major, [rows, columns]. */
  readonly values: Float32Array
  readonly columns: number
  /** E[x^2] of what each row is multiplied by. */
  readonly moments: Float64Array
  /** The same of each column, where rows are outputs; null: columns are. */
  readonly columnMoments: Float64Array | null
}

/** Whether a matrix has a row for each output, as products of graphs read it that turn it first. */
export function hasOutputRows({ channel, role, shape }: RowSpec): boolean {
  const [rows, columns = 1] = shape
  const isMatrix = role === 'kernel' && shape.length === 2 && columns > 1
  return isMatrix && channel.count === rows && channel.inner === columns
}

type RowSpec = Pick<TensorSpec, 'channel' | 'role' | 'shape'>

/**
 * The rows of a kernel, whose last axis is that of its outputs, but for `hasOutputRows`: of a depthwise one, of what it
 * makes of one input.
 * @param moments E[x^2] of each input channel; null where it is not known, and all rows weigh alike
 */
export function rowsOf(
  spec: RowSpec,
  values: Float32Array,
  moments: Float64Array | null,
): WeightRows {
  const { shape } = spec
  const columns = Math.max(1, shape.at(-1) ?? 1)
  const inputs = Math.max(1, shape.at(-2) ?? 1)
  const rows = values.length / columns
  if (hasOutputRows(spec)) {
    const columnMoments = moments?.length === columns ? moments : null
    return { values, columns, moments: new Float64Array(rows).fill(1), columnMoments }
  }
  const known = moments?.length === inputs ? moments : null
  return {
    values,
    columns,
    columnMoments: null,
    moments: Float64Array.from({ length: rows }, (_, row) => known?.[row % inputs] ?? 1),
  }
}

/**
 * ||(W - W')x||^2 and ||Wx||^2, summed over outputs, where the inputs are independent of each other and have mean 0:
 * exact for one input, and what calibration can say without a pass for each W'.
 * @param changed W', as `values` of `rows`
 * @see Frantar & Alistarh 2022, arXiv:2208.11580, for errors of outputs in place of errors of weights
 */
export function outputEnergy(
  { columnMoments, columns, moments, values }: WeightRows,
  changed: Float32Array,
): { readonly moved: number; readonly whole: number } {
  let [moved, whole] = [0, 0]
  for (let row = 0, at = 0; row < moments.length; row++) {
    let [difference, energy] = [0, 0]
    for (let column = 0; column < columns; column++, at++) {
      const value = values[at] ?? 0
      const own = columnMoments === null ? 1 : (columnMoments[column] ?? 0)
      difference += own * (value - (changed[at] ?? 0)) ** 2
      energy += own * value ** 2
    }
    const moment = moments[row] ?? 0
    moved += moment * difference
    whole += moment * energy
  }
  return { moved, whole }
}
