import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import { narrowRows, vectorWidth, widenRows } from './row-width'

/** Rows of the summed axis handled together, so that they stay in the cache. */
const ROWS_PER_BLOCK = 256
/** Rows that are summed without a break. */
const LONGEST_SUM = 512

/** What is read as its transpose. */
interface Turned {
  readonly a?: boolean
  readonly b?: boolean
}

/** [rows, inner] x [inner, columns], read as flat row-major memory. */
export function product(
  host: KernelHost,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  rows: number,
  inner: number,
  columns: number,
  turned: Turned = {},
): tf.TensorInfo {
  const result = host.output([rows, columns])
  const panels = host.output([Math.ceil(columns / 8) * inner + 4, 8])
  host.module.matrixProduct(
    host.address(a),
    host.address(b),
    host.address(result),
    host.address(panels),
    rows,
    inner,
    columns,
    turned.a === true ? 1 : 0,
    turned.b === true ? 1 : 0,
  )
  host.release(panels)
  return result
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
  // A batch of samples is summed in one go; the many pixels of pictures in blocks, for the cache and
  // for the last digits.
  if (inner <= LONGEST_SUM) return product(host, a, b, rows, inner, columns, { a: true })
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
