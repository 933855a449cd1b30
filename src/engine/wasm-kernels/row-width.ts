import type * as tf from '@tensorflow/tfjs'
import { type KernelHost, reshaped } from './backend-memory'

/** The SIMD kernels read and write rows of whole vectors: 4 floats. */
export function vectorWidth(columns: number): number {
  return (columns + 3) & ~3
}

/** A [rows, columns] matrix with zeros up to `vectorWidth`; the matrix itself when it fits already. */
export function widenRows(
  host: KernelHost,
  matrix: tf.TensorInfo,
  rows: number,
  columns: number,
): tf.TensorInfo {
  const width = vectorWidth(columns)
  if (width === columns) return matrix
  const wide = host.output([rows, width])
  host.module.resizeRows(host.address(matrix), host.address(wide), rows, columns, width)
  return wide
}

/** Undoes `widenRows` on a result and gives it its shape; releases `wide` when it had to copy. */
export function narrowRows(
  host: KernelHost,
  wide: tf.TensorInfo,
  rows: number,
  columns: number,
  shape: readonly number[],
): tf.TensorInfo {
  const width = vectorWidth(columns)
  if (width === columns) return reshaped(wide, shape)
  const narrow = host.output(shape)
  host.module.resizeRows(host.address(wide), host.address(narrow), rows, width, columns)
  host.release(wide)
  return narrow
}
