import type { Json } from '../../../files/read-json'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing } from '../../tfjs-layers/lowering/lowered-call'
import { repeated } from '../../tfjs-layers/lowering/settings'
import type { OperationCall, OperationLowering } from './operation-call'

/** Operations that put values in other places. */

/** Only within each sample: a batch is cut in pieces here. */
const reshape: OperationLowering = (given) => {
  const { call, x } = given
  const sides = given.setting('newshape')
  const [batch = 0, ...inner] = Array.isArray(sides) ? sides : []
  const shape = call.called.shapeOf(x)?.slice(call.lead) ?? [null]
  const to = inner.map((side) => {
    if (side === null) return -1
    if (typeof side !== 'number' || !Number.isSafeInteger(side)) throw new NotExact('newshape')
    return side
  })
  const count = (all: readonly (number | null)[]): number =>
    all.reduce<number>((product, side) => product * (side ?? NaN), 1)
  const open = to.filter((side) => side === -1).length
  // Of an open batch the samples stay as many as they are; -1 is as many as come of it.
  const fits = batch === null && open === 1 ? true : open === 0 && count(to) === count(shape)
  if (!fits || (batch !== null && batch !== -1)) throw new NotExact('newshape')
  return call.node(
    'reshape',
    { to: [...repeated(0, call.lead), ...to] },
    [x],
    call.lead + to.length,
  )
}

const transpose: OperationLowering = (given) => permuted(given, given.wholes('axes'))

const swapAxes: OperationLowering = (given) => {
  const [one, other] = ['axis1', 'axis2'].map((key) => given.axes(key)[0] ?? NaN)
  const { x } = given
  const perm = Array.from({ length: x.rank }, (_, axis) =>
    axis === one ? (other ?? NaN) : axis === other ? (one ?? NaN) : axis,
  )
  return given.call.node('transpose', { perm }, [x])
}

function permuted({ call, x }: OperationCall, axes: readonly number[]): Flowing {
  const [batch, ...others] = axes
  const batches = repeated(0, call.lead).map((_, axis) => axis)
  const perm = [...batches, ...others.map((axis) => call.axis(axis))]
  const isOrder = perm.toSorted((one, other) => one - other).every((axis, at) => axis === at)
  if (batch !== 0 || perm.length !== x.rank || !isOrder) throw new NotExact('axes')
  return call.node('transpose', { perm }, [x])
}

const expandDims: OperationLowering = (given) => {
  const { call, x } = given
  const [one, ...others] = given.axes('axis', x.rank + 1)
  if (one === undefined || others.length > 0) throw new NotExact('axis')
  return call.node('unsqueeze', { axes: [one] }, [x], x.rank + 1)
}

const squeeze: OperationLowering = (given) => {
  const { call, x } = given
  const axes = given.axes('axis')
  return call.node('squeeze', { axes }, [x], x.rank - axes.length)
}

const concatenate: OperationLowering = (given) => {
  const { tensors, call } = given
  const [axis = given.x.rank - 1] = given.setting('axis') === null ? [] : given.axes('axis')
  return call.node('concat', { axis }, tensors)
}

const stack: OperationLowering = (given) => {
  const { tensors, call, x } = given
  const [axis = NaN] = given.axes('axis', x.rank + 1)
  return call.node('stack', { axis }, tensors, x.rank + 1)
}

/** @param sizes of all parts */
function parted(given: OperationCall, axis: number, sizes: readonly number[]): Flowing[] {
  const { call, x } = given
  const isEqual = sizes.every((size) => size === sizes[0])
  if (sizes.length === 0 || sizes.some((size) => !(size > 0))) throw new NotExact('sizes')
  const attributes = { axis, sizes: isEqual ? null : sizes, squeeze: false }
  return call.severalValues(
    'split',
    attributes,
    [x],
    sizes.map(() => x.rank),
  )
}

function equalParts(given: OperationCall, axis: number, count: number): Flowing[] {
  const side = given.sideOf(axis)
  if (!Number.isSafeInteger(side / count)) throw new NotExact('shape')
  return parted(given, axis, repeated(side / count, count))
}

/** Keras 3 says how many parts, or where all but the first begin. */
const split: OperationLowering = (given) => {
  const [axis = NaN] = given.axes('axis')
  const how = given.setting('indices_or_sections')
  const starts = given.wholes('indices_or_sections')
  if (!Array.isArray(how)) return equalParts(given, axis, starts[0] ?? NaN)
  const ends = [...starts, given.sideOf(axis)]
  return parted(
    given,
    axis,
    ends.map((end, at) => end - (starts[at - 1] ?? 0)),
  )
}

/** TensorFlow says how many parts, or how many places each has. */
const splitSizes: OperationLowering = (given) => {
  const [axis = NaN] = given.axes('axis')
  const how = given.setting('sizes')
  const sizes = given.wholes('sizes')
  if (!Array.isArray(how)) return equalParts(given, axis, sizes[0] ?? NaN)
  const told = sizes.reduce((sum, size) => sum + Math.max(0, size), 0)
  const left = given.sideOf(axis) - told
  return parted(
    given,
    axis,
    sizes.map((size) => (size === -1 ? left : size)),
  )
}

const unstack: OperationLowering = (given) => {
  const { call, x } = given
  const [axis = NaN] = given.axes('axis')
  given.setting('num')
  const ranks = repeated(x.rank - 1, given.sideOf(axis))
  return call.severalValues('split', { axis, sizes: null, squeeze: true }, [x], ranks)
}

const tile: OperationLowering = (given) => {
  const { call, x } = given
  const [batch, ...others] = given.wholes('repeats')
  if (batch !== 1 || call.lead !== 1 || others.length !== x.rank - 1) throw new NotExact('repeats')
  return call.node('tile', { repeats: [batch, ...others] }, [x])
}

const modes = { constant: 'constant', reflect: 'reflect', symmetric: 'symmetric' } as const

const pad: OperationLowering = (given) => {
  const { call, x } = given
  const told = given.setting('mode') ?? 'constant'
  const name = typeof told === 'string' ? told.toLowerCase() : ''
  const mode = Object.hasOwn(modes, name) ? modes[name as keyof typeof modes] : null
  const value = given.number('constant_values', 0)
  if (mode === null) throw new NotExact('mode')
  const widths = given.setting('pad_width')
  const pairs = (Array.isArray(widths) ? widths : []).map(pairOf)
  const [batch, ...others] = pairs
  if (batch?.some((width) => width !== 0) !== false || others.length !== x.rank - call.lead)
    throw new NotExact('pad_width')
  const zeros = repeated(0, call.lead)
  const begin = [...zeros, ...others.map(([before = NaN]) => before)]
  const end = [...zeros, ...others.map(([, behind = NaN]) => behind)]
  return call.node('pad', { begin, end, mode, value }, [x])
}

function pairOf(value: Json): readonly number[] {
  const isPair = Array.isArray(value) && value.length === 2
  return (isPair ? value : [null]).map((width) => {
    if (typeof width !== 'number' || !Number.isSafeInteger(width) || width < 0)
      throw new NotExact('pad_width')
    return width
  })
}

export const placing: readonly (readonly [string, OperationLowering])[] = [
  ['Reshape', reshape],
  ['Transpose', transpose],
  ['Swapaxes', swapAxes],
  ['ExpandDims', expandDims],
  ['Squeeze', squeeze],
  ['Concatenate', concatenate],
  ['Stack', stack],
  ['Split', split],
  ['SplitSizes', splitSizes],
  ['Unstack', unstack],
  ['Tile', tile],
  ['Pad', pad],
]

/** Operations that give several values. */
export const givesSeveral: ReadonlySet<string> = new Set([
  ...['Split', 'SplitSizes', 'Unstack', 'TopK'],
])
