import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import { narrowRows, vectorWidth, widenRows } from './row-width'

/** Rows of the summed axis handled together, so that they stay in the cache. */
const ROWS_PER_BLOCK = 256

/** [rows, inner] x [inner, columns], both read as flat row-major memory. */
export function product(
  host: KernelHost,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  rows: number,
  inner: number,
  columns: number,
): tf.TensorInfo {
  const width = vectorWidth(columns)
  const weights = widenRows(host, b, inner, columns)
  const result = host.output([rows, width])
  host.module.convForward(
    host.address(a),
    host.address(weights),
    host.address(result),
    1,
    1,
    rows,
    inner,
    1,
    rows,
    width,
    1,
    1,
    1,
    1,
  )
  host.releaseCopy(weights, b)
  return narrowRows(host, result, rows, columns, [rows, columns])
}

/** The transposed a, [inner, rows], times b, [inner, columns]: a gradient for a dense kernel. */
export function transposedProduct(
  host: KernelHost,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  inner: number,
  rows: number,
  columns: number,
): tf.TensorInfo {
  const width = vectorWidth(columns)
  const right = widenRows(host, b, inner, columns)
  const result = host.zeros([rows, width])
  host.module.convFilterGradient(
    host.address(a),
    host.address(right),
    host.address(result),
    1,
    inner,
    1,
    rows,
    inner,
    1,
    width,
    1,
    1,
    1,
    1,
    ROWS_PER_BLOCK,
  )
  host.releaseCopy(right, b)
  return narrowRows(host, result, rows, columns, [rows, columns])
}
