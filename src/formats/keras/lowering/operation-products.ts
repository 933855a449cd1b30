import type { Json } from '../../../files/read-json'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { OperationLowering } from './operation-call'

/** Operations that look up, count, or multiply whole matrices. */

/** Places that the file says itself. */
const take: OperationLowering = (given) => {
  const { call, x } = given
  const [axis = NaN] = given.axes('axis')
  const indices = given.numbers(1)
  const side = given.sideOf(axis)
  const isPlace = (at: number): boolean => Number.isSafeInteger(at) && at >= 0 && at < side
  if (!indices.values.every(isPlace)) throw new NotExact('args[1]')
  const places = given.constant(indices, 'int32')
  return call.node('gather', { axis }, [x, places], x.rank - 1 + indices.shape.length)
}

const matMul: OperationLowering = (given) => {
  const { call } = given
  const attributes = {
    transposeA: given.isTrue('transpose_a'),
    transposeB: given.isTrue('transpose_b'),
  }
  const a = given.tensor(0)
  const b = given.flowing(1)
  if (b === null) {
    const numbers = given.numbers(1)
    if (numbers.shape.length !== 2) throw new NotExact('args[1]')
    return call.node('matMul', attributes, [a, given.constant(numbers)])
  }
  if (a.rank !== b.rank || a.rank < call.lead + 2) throw new NotExact('args')
  return call.node('matMul', attributes, [a, b])
}

function extreme(name: 'ArgMax' | 'ArgMin'): OperationLowering {
  return (given) => {
    const [axis = NaN] = given.axes('axis')
    const keepDims = given.isTrue('keepdims')
    const rank = keepDims ? given.x.rank : given.x.rank - 1
    const found = given.call.node('argExtreme', { function: name, axis, keepDims }, [given.x], rank)
    return { ...found, dtype: 'int32' }
  }
}

/** The largest along the last axis, and where they are. */
const largest: OperationLowering = (given) => {
  const { call, x } = given
  const count = given.number('k', NaN)
  if (!Number.isSafeInteger(count) || count < 1 || x.rank <= call.lead) throw new NotExact('k')
  const attributes = { count, sorted: given.isTrue('sorted') }
  const [values, places] = call.severalValues('topK', attributes, [x], [x.rank, x.rank])
  if (values === undefined || places === undefined) throw new RangeError('both are given')
  return [values, { ...places, dtype: 'int32' }]
}

const oneHot: OperationLowering = (given) => {
  const { call, x } = given
  const depth = given.number('num_classes', NaN)
  if (given.number('axis', -1) !== -1) throw new NotExact('axis')
  const attributes = { depth, on: 1, off: 0, dtype: 'int32' } as const
  const whole = call.cast(x, 'int32')
  return call.cast(call.node('oneHot', attributes, [whole], x.rank + 1), 'float32')
}

const cumulative: OperationLowering = (given) => {
  const [axis = NaN] = given.axes('axis')
  const attributes = { function: 'Sum', axis, exclusive: false, reverse: false } as const
  return given.call.node('cumulative', attributes, [given.x])
}

const betweens: ReadonlyMap<Json, 'linear' | 'nearest'> = new Map<Json, 'linear' | 'nearest'>([
  ['bilinear', 'linear'],
  ['nearest', 'nearest'],
])

const resize: OperationLowering = (given) => {
  const { call, x } = given
  const mode = betweens.get(given.setting('interpolation') ?? 'bilinear')
  if (mode === undefined) throw new NotExact('interpolation')
  const format = given.setting('data_format') ?? 'channels_last'
  if (format !== 'channels_last') throw new NotExact('data_format')
  if (given.setting('fill_mode') !== null && given.setting('fill_mode') !== 'constant')
    throw new NotExact('fill_mode')
  given.setting('fill_value')
  const sides = given.wholes('size')
  if (sides.length !== 2 || x.rank !== call.lead + 3) throw new NotExact('size')
  const attributes = {
    to: { sides },
    mode,
    coordinates: 'halfPixel',
    layout: 'channelsLast',
  } as const
  return call.node('resize', attributes, [call.cast(x, 'float32')])
}

const depthToSpace: OperationLowering = (given) => {
  const format = given.setting('layout')
  if (format !== null && format !== 'NHWC') throw new NotExact('data_format')
  const block = given.number('block', NaN)
  return given.call.node('depthToSpace', { block, layout: 'channelsLast' }, [given.x])
}

/** Sums over letters of Einstein, where the batch is the first letter of all that carry it. */
const einsum: OperationLowering = (given) => {
  const { call, tensors } = given
  const told = given.setting('subscripts')
  const equation = typeof told === 'string' ? told.replaceAll(' ', '') : ''
  const [left = '', right] = equation.split('->')
  const parts = [...left.split(','), right ?? '']
  const [batch = ''] = left
  const isBatched =
    right !== undefined &&
    call.lead === 1 &&
    /^[a-zA-Z]$/.test(batch) &&
    parts.length === tensors.length + 1 &&
    parts.every((part) => part.indexOf(batch) === 0 && part.lastIndexOf(batch) === 0)
  if (!isBatched) throw new NotExact('subscripts')
  return call.node('einsum', { equation }, tensors, right.length)
}

export const products: readonly (readonly [string, OperationLowering])[] = [
  ['Take', take],
  ['Matmul', matMul],
  ['Argmax', extreme('ArgMax')],
  ['Argmin', extreme('ArgMin')],
  ['TopK', largest],
  ['OneHot', oneHot],
  ['Cumsum', cumulative],
  ['Resize', resize],
  ['DepthToSpace', depthToSpace],
  ['Einsum', einsum],
]
