import type { TensorSpec } from '../core/tensor-spec'

/** Weights as rows: all inputs of a layer by its outputs, each row with what its input weighs in the output. */
export interface WeightRows {
  /** Row-major, [rows, columns]. */
  readonly values: Float32Array
  readonly columns: number
  /** E[x^2] of what each row is multiplied by. */
  readonly moments: Float64Array
}

/**
 * The rows of a kernel, whose last axis is that of its outputs: of a depthwise one, of what it makes of one input.
 * @param moments E[x^2] of each input channel; null where it is not known, and all rows weigh alike
 */
export function rowsOf(
  { shape }: Pick<TensorSpec, 'shape'>,
  values: Float32Array,
  moments: Float64Array | null,
): WeightRows {
  const columns = Math.max(1, shape.at(-1) ?? 1)
  const inputs = Math.max(1, shape.at(-2) ?? 1)
  const rows = values.length / columns
  const known = moments?.length === inputs ? moments : null
  return {
    values,
    columns,
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
  { values, columns, moments }: WeightRows,
  changed: Float32Array,
): { readonly moved: number; readonly whole: number } {
  let [moved, whole] = [0, 0]
  for (let row = 0, at = 0; row < moments.length; row++) {
    let [difference, energy] = [0, 0]
    for (const end = at + columns; at < end; at++) {
      const value = values[at] ?? 0
      difference += (value - (changed[at] ?? 0)) ** 2
      energy += value ** 2
    }
    const moment = moments[row] ?? 0
    moved += moment * difference
    whole += moment * energy
  }
  return { moved, whole }
}
