import { fixed, NotWritable } from '../../../graph-writing/not-writable'
import type { Wire } from './onnx-writer'
import { text, whole } from './written-attributes'
import { input, realInput } from './writing'
import type { Write } from './writing'

/** Operators that take numbers from places which another value says, put some there, or say such places. */

/** Places below zero count from the end in ONNX; elsewhere there are none. */
export const gather: Write<'gather'> = (writing) => {
  const { net, node } = writing
  const [table, indices] = [input(writing, 0), input(writing, 1)]
  const { axis } = node.attributes
  return net.taken(table, indices, axis < 0 ? axis + table.sides.length : axis)
}

export const gatherND: Write<'gatherND'> = (writing) => {
  const { net } = writing
  const x = input(writing, 0)
  const indices = net.cast(input(writing, 1), 'int64')
  const depth = fixed(indices.sides.at(-1))
  const sides = [...indices.sides.slice(0, -1), ...x.sides.slice(depth)]
  return net.node('GatherND', [x, indices], {}, { sides, dtype: x.dtype })
}

export const scatter: Write<'scatter'> = (writing) => {
  const { net, node } = writing
  const x = input(writing, 0)
  const own = x.dtype === 'bool' ? net.cast(x, 'int32') : x
  const rows = net.cast(input(writing, 1), 'int64')
  const updates = net.cast(input(writing, 2), own.dtype)
  const inputs = [own, net.unsqueeze(rows, [rows.sides.length]), updates]
  const isAdded = node.attributes.function === 'Add'
  return net.node('ScatterND', inputs, isAdded ? { reduction: text('add') } : {}, own)
}

export const nonMaxSuppression: Write<'nonMaxSuppression'> = (writing) => {
  const { net, node, inputs } = writing
  const most = inputs[2] ?? null
  const real = (place: number): Wire | null =>
    (inputs[place] ?? null) === null ? null : realInput(writing, place)
  const given = [real(0), real(1), most && net.cast(most, 'int64'), real(3), real(4)]
  while (given.at(-1) === null) given.pop()
  if (given.length < 2) throw new NotWritable('unknown')
  const attributes = { center_point_box: whole(node.attributes.centered ? 1 : 0) }
  const sides = writing.given[0] ?? [null, 3]
  const found = net.node('NonMaxSuppression', given, attributes, { sides, dtype: 'int64' })
  return net.cast(found, 'int32')
}
