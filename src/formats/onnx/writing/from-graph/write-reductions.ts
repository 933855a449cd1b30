import type { Reducing } from '../../../../graph/operators'
import { NotWritable, places, positive, upTo } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import { chosen, combined, truths } from './write-combining'
import { flag, whole, wholes } from './written-attributes'
import { input } from './writing'
import type { Write } from './writing'

type Reducer = 'Sum' | 'Mean' | 'Max' | 'Min' | 'Prod' | 'L1' | 'L2' | 'LogSumExp'

/** Axes are an input of sums from version 13 on, of all others from version 18 on. */
export function reduced(
  net: OnnxWriter,
  name: Reducer,
  x: Wire,
  axes: readonly number[],
  keepDims: boolean,
): Wire {
  const sides = x.sides.flatMap((side, axis) =>
    axes.includes(axis) ? (keepDims ? [1] : []) : [side],
  )
  const isInput = name === 'Sum' || net.opset >= 18
  const attributes = { keepdims: flag(keepDims), ...(isInput ? {} : { axes: wholes(axes) }) }
  const inputs = isInput ? [x, net.wholes(axes)] : [x]
  return net.node(`Reduce${name}`, inputs, attributes, { sides, dtype: x.dtype })
}

const ofReal: ReadonlySet<Reducing> = new Set<Reducing>(['Mean', 'L1', 'L2', 'LogSumExp'])

export const reduce: Write<'reduce'> = (writing) => {
  const { net, node } = writing
  const { function: name, axes, keepDims } = node.attributes
  const x = input(writing, 0)
  const rank = x.sides.length
  const own = axes?.map((axis) => positive(axis, rank)) ?? upTo(rank)
  if (own.length === 0) return x
  if (name === 'All' || name === 'Any') {
    // Truths are compared as numbers.
    const numbers = net.cast(truths(net, x), 'int32')
    const found = reduced(net, name === 'All' ? 'Min' : 'Max', numbers, own, keepDims)
    return net.cast(found, 'bool')
  }
  const dtype = ofReal.has(name) || x.dtype === 'float32' ? 'float32' : 'int32'
  return reduced(net, name, net.cast(x, dtype), own, keepDims)
}

export const argExtreme: Write<'argExtreme'> = (writing) => {
  const { net, node } = writing
  const { function: name, axis, keepDims } = node.attributes
  const x = input(writing, 0)
  const own = x.dtype === 'bool' ? net.cast(x, 'int32') : x
  const place = positive(axis, own.sides.length)
  const sides = own.sides.flatMap((side, at) => (at === place ? (keepDims ? [1] : []) : [side]))
  const attributes = { axis: whole(place), keepdims: flag(keepDims) }
  const found = net.node(name, [own], attributes, { sides, dtype: 'int64' })
  return net.cast(found, 'int32')
}

export const topK: Write<'topK'> = (writing) => {
  const { net, node } = writing
  const { count } = node.attributes
  const x = input(writing, 0)
  if (x.sides.length === 0) throw new NotWritable('unknown')
  const sides = [...x.sides.slice(0, -1), count]
  const [values, found] = net.parts('TopK', [x, net.wholes([count])], { axis: whole(-1) }, [
    { sides, dtype: x.dtype },
    { sides, dtype: 'int64' },
  ])
  if (values === undefined || found === undefined) throw new NotWritable('unknown')
  return [values, net.cast(found, 'int32')]
}

/** Each is an operator. */
const MOST_FACTORS = 128

export const cumulative: Write<'cumulative'> = (writing) => {
  const { net, node } = writing
  const { function: name, axis, exclusive, reverse } = node.attributes
  const x = input(writing, 0)
  const place = positive(axis, x.sides.length)
  const own = x.dtype === 'bool' ? net.cast(x, 'int32') : x
  if (name === 'Sum') {
    const attributes = { exclusive: flag(exclusive), reverse: flag(reverse) }
    return net.node('CumSum', [own, net.number(place, 'int64')], attributes, own)
  }
  // ONNX has products from version 26 on.
  const side = own.sides[place]
  if (typeof side !== 'number') throw new NotWritable('openSides')
  if (side > MOST_FACTORS) throw new NotWritable('tooMuch')
  const parts = net.split(own, new Array<number>(side).fill(1), place)
  const inOrder = reverse ? parts.toReversed() : parts
  const made: Wire[] = []
  for (const [at, part] of inOrder.entries()) {
    const before = made.at(-1)
    if (exclusive) {
      const last = inOrder[at - 1]
      made.push(
        before === undefined || last === undefined
          ? net.spreadOver(net.number(1, own.dtype), part.sides)
          : combined(net, 'Mul', before, last),
      )
    } else made.push(before === undefined ? part : combined(net, 'Mul', before, part))
  }
  return net.concat(reverse ? made.toReversed() : made, place)
}

export const oneHot: Write<'oneHot'> = (writing) => {
  const { net, node } = writing
  const { depth, on, off, dtype } = node.attributes
  const indices = net.cast(input(writing, 0), 'int32')
  const own = dtype === 'int32' ? 'int32' : 'float32'
  // A place below zero is none: OneHot of ONNX counts it from the end.
  const all = net.constant(upTo(places(depth)), [depth], 'int32')
  const isHere = combined(net, 'Equal', net.unsqueeze(indices, [indices.sides.length]), all)
  return chosen(net, isHere, net.number(on, own), net.number(off, own))
}
