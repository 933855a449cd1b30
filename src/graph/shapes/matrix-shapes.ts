import { axisOf, broadcast, shared, without } from '../sides/sides'
import type { ShapeRule } from './shape-rule'

/**
 * What has one axis alone is a row where it stands left and a column where it stands right, and that axis goes.
 * @see https://onnx.ai/onnx/operators/onnx__MatMul.html
 */
export const matMulShape: ShapeRule<'matMul'> = ({ attributes }, { inputs: [left, right] }) => {
  if (left === undefined || right === undefined) return [null]
  const a = left.length === 1 ? [1, ...left] : left
  const b = right.length === 1 ? [...right, 1] : right
  if (a.length < 2 || b.length < 2) return [null]
  const [rows = null, inner = null] = attributes.transposeA ? a.slice(-2).toReversed() : a.slice(-2)
  const [depth = null, columns = null] = attributes.transposeB
    ? b.slice(-2).toReversed()
    : b.slice(-2)
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2))
  if (batch === null || shared(inner, depth) === undefined) return [null]
  const matrix = [...(left.length === 1 ? [] : [rows]), ...(right.length === 1 ? [] : [columns])]
  return [[...batch, ...matrix]]
}

export const dotShape: ShapeRule<'dot'> = ({ attributes }, { inputs: [a, b] }) => {
  const axisA = axisOf(attributes.axisA, a?.length ?? 0)
  const axisB = axisOf(attributes.axisB, b?.length ?? 0)
  if (a === undefined || b === undefined || axisA === null || axisB === null) return [null]
  if (shared(a[axisA] ?? null, b[axisB] ?? null) === undefined) return [null]
  const { batch = 1 } = attributes
  const left = without(a, new Set([axisA]))
  const right = without(b, new Set([...b.slice(0, batch).keys(), axisB]))
  const sides = [...left, ...right]
  return [sides.length === batch ? [...sides, 1] : sides]
}
