import type { Reducing } from '../../../graph/operators'
import type { DType } from '../../../graph/values'
import { NotWritable, positive, upTo } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { applied } from './write-functions'
import { truths } from './write-combining'
import { flag, type, whole } from './written-attributes'
import { input } from './writing'
import type { Write } from './writing'

/** An operator that takes the axes as its second input. */
export function reduced(
  net: GraphWriter,
  op: 'Sum' | 'Mean' | 'Max' | 'Min' | 'Prod' | 'All' | 'Any',
  x: Wire,
  axes: readonly number[],
  keepDims: boolean,
): Wire {
  const sides = x.sides.flatMap((side, axis) =>
    axes.includes(axis) ? (keepDims ? [1] : []) : [side],
  )
  const attributes = { T: type(x.dtype), Tidx: type('int32'), keep_dims: flag(keepDims) }
  const dtype: DType = op === 'Mean' ? 'float32' : x.dtype
  return net.node(op, [x, net.wholes(axes)], attributes, { sides, dtype })
}

/** log(sum(exp(x))), with the largest taken off first, so that nothing grows beyond all numbers. */
function logSumExp(net: GraphWriter, x: Wire, axes: readonly number[], keepDims: boolean): Wire {
  const most = reduced(net, 'Max', x, axes, true)
  const powers = net.one('Exp', [net.one('Sub', [x, most])])
  const sum = net.one('AddV2', [net.one('Log', [reduced(net, 'Sum', powers, axes, true)]), most])
  return keepDims ? sum : net.squeeze(sum, axes)
}

type Reduce = (net: GraphWriter, x: Wire, axes: readonly number[], keepDims: boolean) => Wire

const reducers: { readonly [Name in Reducing]: Reduce } = {
  Sum: (net, ...asked) => reduced(net, 'Sum', ...asked),
  Mean: (net, ...asked) => reduced(net, 'Mean', ...asked),
  Max: (net, ...asked) => reduced(net, 'Max', ...asked),
  Min: (net, ...asked) => reduced(net, 'Min', ...asked),
  Prod: (net, ...asked) => reduced(net, 'Prod', ...asked),
  L1: (net, x, ...asked) => reduced(net, 'Sum', applied(net, x, { function: 'Abs' }), ...asked),
  L2: (net, x, ...asked) =>
    net.one('Sqrt', [reduced(net, 'Sum', net.one('Square', [x]), ...asked)]),
  LogSumExp: logSumExp,
  All: (net, x, ...asked) => reduced(net, 'All', truths(net, x), ...asked),
  Any: (net, x, ...asked) => reduced(net, 'Any', truths(net, x), ...asked),
}

export const reduce: Write<'reduce'> = (writing) => {
  const { net, node } = writing
  const { function: name, axes, keepDims } = node.attributes
  const x = input(writing, 0)
  const rank = x.sides.length
  const own = axes?.map((axis) => positive(axis, rank)) ?? upTo(rank)
  return own.length === 0 ? x : reducers[name](net, x, own, keepDims)
}

export const argExtreme: Write<'argExtreme'> = (writing) => {
  const { net, node } = writing
  const { function: name, axis, keepDims } = node.attributes
  const x = input(writing, 0)
  const place = positive(axis, x.sides.length)
  const attributes = { T: type(x.dtype), output_type: type('int32') }
  const sides = x.sides.filter((_, at) => at !== place)
  const found = net.node(name, [x, net.number(place, 'int32')], attributes, {
    ...{ sides, dtype: 'int32' },
  })
  return keepDims ? unsqueezed(net, found, place) : found
}

/** A side of one at this place of what is given. */
export function unsqueezed(net: GraphWriter, x: Wire, place: number): Wire {
  const sides = [...x.sides.slice(0, place), 1, ...x.sides.slice(place)]
  const attributes = { T: type(x.dtype), Tdim: type('int32') }
  const { dtype } = x
  return net.node('ExpandDims', [x, net.number(place, 'int32')], attributes, { sides, dtype })
}

export const topK: Write<'topK'> = (writing) => {
  const { net, node } = writing
  const { count, sorted } = node.attributes
  const x = input(writing, 0)
  if (x.sides.length === 0) throw new NotWritable('unknown')
  const sides = [...x.sides.slice(0, -1), count]
  const attributes = { T: type(x.dtype), sorted: flag(sorted) }
  return net.parts('TopKV2', [x, net.number(count, 'int32')], attributes, [
    { sides, dtype: x.dtype },
    { sides, dtype: 'int32' },
  ])
}

export const cumulative: Write<'cumulative'> = (writing) => {
  const { net, node } = writing
  const { function: name, axis, exclusive, reverse } = node.attributes
  const x = input(writing, 0)
  const place = net.number(positive(axis, x.sides.length), 'int32')
  const attributes = {
    ...{ T: type(x.dtype), Tidx: type('int32') },
    ...{ exclusive: flag(exclusive), reverse: flag(reverse) },
  }
  return net.node(name === 'Sum' ? 'Cumsum' : 'Cumprod', [x, place], attributes, x)
}

export const oneHot: Write<'oneHot'> = (writing) => {
  const { net, node } = writing
  const { depth, on, off, dtype } = node.attributes
  const indices = net.cast(input(writing, 0), 'int32')
  const own: DType = dtype === 'int32' ? 'int32' : 'float32'
  // On WebAssembly stock TensorFlow.js writes whole numbers, whatever is asked for.
  const values = [depth, 1, 0].map((value) => net.number(value, 'int32'))
  const attributes = { T: type('int32'), TI: type('int32'), axis: whole(-1) }
  const given = { sides: [...indices.sides, depth], dtype: 'int32' } as const
  const ones = net.cast(net.node('OneHot', [indices, ...values], attributes, given), own)
  if (on === 1 && off === 0) return ones
  const chosen = [truths(net, ones), net.number(on, own), net.number(off, own)]
  return net.one('SelectV2', chosen, ones)
}
