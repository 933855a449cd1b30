import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'

/** As the kernel has them: rows that go together, and the longest sum of a turned left matrix. */
const ROWS_PER_BLOCK = 132
export const DEPTH_PER_BLOCK = 256
/** The largest register tile. */
const TILE = 6 * 8

/** What is read as its transpose. */
interface Turned {
  readonly a?: boolean
  readonly b?: boolean
}

/** Floats that the kernel needs room for. */
export function roomOfProduct(inner: number, columns: number, isTurned: boolean): number {
  const depth = isTurned ? Math.min(inner, DEPTH_PER_BLOCK) : inner
  const panels = Math.ceil(columns / 8) * 8 * depth
  const groups = isTurned ? ROWS_PER_BLOCK * depth : 0
  return TILE + panels + groups
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
  const room = host.output([roomOfProduct(inner, columns, turned.a === true)])
  host.module.matrixProduct(
    host.address(a),
    host.address(b),
    host.address(result),
    host.address(room),
    rows,
    inner,
    columns,
    turned.a === true ? 1 : 0,
    turned.b === true ? 1 : 0,
    0,
  )
  host.release(room)
  return result
}
