import * as tf from '@tensorflow/tfjs'
import type { Combining } from '../../../graph/operators'
import { addRelu, addThenRelu } from '../../wasm-kernels/add-relu'
import { isRegistered } from '../../wasm-kernels/training-kernel'
import { allGiven, given } from './kernel'
import type { Kernel } from './kernel'
import { truths } from './shapes'
import { areWhole, left, truncated, wholeParts } from './whole-quotients'
import { added } from './with-bias'

type OfTwo = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

/** Nothing where b is nothing; and no gradient there. */
function dividedOrNothing(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const isNothing = tf.cast(tf.equal(b, 0), 'float32')
  return tf.div(tf.mul(a, tf.sub(1, isNothing)), tf.add(b, isNothing))
}

/** Sides of one stretch. */
const pairs: { readonly [Name in Combining]: OfTwo } = {
  Add: (a, b) => tf.add(a, b),
  Sub: (a, b) => tf.sub(a, b),
  Mul: (a, b) => tf.mul(a, b),
  Div: (a, b) => tf.div(a, b),
  Pow: (a, b) => tf.pow(a, b),
  Max: (a, b) => tf.maximum(a, b),
  Min: (a, b) => tf.minimum(a, b),
  // The sum; what it is divided by is known once all are there.
  Mean: (a, b) => tf.add(a, b),
  Mod: (a, b) => tf.mod(a, b),
  FloorDiv: (a, b) => (areWhole(a, b) ? wholeParts(a, b).quotient : tf.floorDiv(a, b)),
  TruncDiv: truncated,
  Rem: left,
  Atan2: (a, b) => tf.atan2(a, b),
  SquaredDifference: (a, b) => tf.squaredDifference(a, b),
  DivNoNan: dividedOrNothing,
  And: (a, b) => tf.logicalAnd(a, b),
  Or: (a, b) => tf.logicalOr(a, b),
  Xor: (a, b) => tf.logicalXor(a, b),
  Equal: (a, b) => tf.equal(a, b),
  NotEqual: (a, b) => tf.notEqual(a, b),
  Greater: (a, b) => tf.greater(a, b),
  GreaterOrEqual: (a, b) => tf.greaterEqual(a, b),
  Less: (a, b) => tf.less(a, b),
  LessOrEqual: (a, b) => tf.lessEqual(a, b),
}

/** Gradients of tfjs that forget what was stretched. */
const forgetful: ReadonlySet<Combining> = new Set<Combining>(['Max', 'Min', 'SquaredDifference'])

function evenly(values: readonly tf.Tensor[]): tf.Tensor[] {
  const sides = values.reduce<number[]>(
    (shape, value) => tf.broadcast_util.assertAndGetBroadcastShape(shape, value.shape),
    [],
  )
  return values.map((value) =>
    value.shape.join() === sides.join() ? value : tf.broadcastTo(value, sides),
  )
}

export const combine: Kernel<'combine'> = (call) => {
  const { function: name } = call.node.attributes
  const given = allGiven(call)
  const [a, b] = given
  if (name === 'Add' && a !== undefined && b !== undefined && given.length === 2 && areAlike(a, b))
    return sum(a, b, call.follower !== null)
  const values = call.pass.training && forgetful.has(name) ? evenly(given) : given
  // That of TensorFlow.js is the gradient of a quotient which is not rounded.
  const isReal = given.some(({ dtype }) => dtype === 'float32')
  const isRounded = name === 'FloorDiv' && call.pass.training && isReal
  const result = values.reduce(isRounded ? (a, b) => tf.floor(tf.div(a, b)) : pairs[name])
  if (call.follower !== null) return tf.relu(result)
  return name === 'Mean' ? tf.mul(result, 1 / values.length) : result
}

function areAlike(a: tf.Tensor, b: tf.Tensor): boolean {
  const isFloat = a.dtype === 'float32' && b.dtype === 'float32'
  return isFloat && a.rank === b.rank && a.shape.every((side, axis) => side === b.shape[axis])
}

/** Of two residual connections. @param isRectified whether a ReLU comes behind */
function sum(a: tf.Tensor, b: tf.Tensor, isRectified: boolean): tf.Tensor {
  if (!isRectified) return added(a, b)
  return isRegistered(addRelu) ? addThenRelu(a, b) : tf.relu(added(a, b))
}

/** The kernel of WebAssembly reads one slope for each channel, whatever the slopes are. */
export const prelu: Kernel<'prelu'> = (call) => {
  const [x, slope] = [given(call, 0), given(call, 1)]
  const isOfChannels = slope.size === slope.shape.at(-1) && slope.size === x.shape.at(-1)
  if (isOfChannels) return tf.prelu(x, slope)
  return tf.add(tf.relu(x), tf.mul(slope, tf.minimum(x, 0)))
}

export const where: Kernel<'where'> = (call) =>
  tf.where(truths(given(call, 0)), given(call, 1), given(call, 2))
