import type { Combining, Reducing, Unary } from '../../../graph/operators'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import { scalingOf } from '../operations/operations-as-layers'
import { OperationCall } from './operation-call'
import type { Numbers, OperationLowering } from './operation-call'
import { functions } from './operation-functions'
import { placing } from './operation-places'
import { products } from './operation-products'
import { slicing } from './operation-slices'
import { relu } from './relus'

function bent(meaning: Unary): OperationLowering {
  return (given) => given.call.node('unary', meaning, [given.x])
}

/** A function with one number in it. */
function bentBy(
  meaning: (alpha: number) => Unary,
  setting: string,
  usual: number,
): OperationLowering {
  return (given) => given.call.node('unary', meaning(given.number(setting, usual)), [given.x])
}

/** Truths are told from numbers, so that whoever reads them asks for what they are. */
function isTrue(value: Flowing): Flowing {
  return { ...value, dtype: 'bool' }
}

/** Two tensors, or one and numbers that are the same for all samples. */
function paired(given: OperationCall): readonly (Flowing | Numbers)[] {
  const { operands, call } = given
  if (operands.length !== 2) throw new NotExact(`args[${operands.length - 1}]`)
  const pair = operands.map((_, place) => given.flowing(place) ?? given.numbers(place))
  const rank = Math.max(...pair.map((one) => ('rank' in one ? one.rank : 0)))
  for (const [place, one] of pair.entries()) {
    const isAlike = 'rank' in one ? one.rank === rank : one.shape.length <= rank - call.lead
    if (!isAlike) throw new NotExact(`args[${place}]`)
  }
  return pair
}

function combined(given: OperationCall, meaning: Combining): Flowing {
  const pair = paired(given)
  const rank = Math.max(...pair.map((one) => ('rank' in one ? one.rank : 0)))
  const read = pair.map((one) => ('rank' in one ? one : given.constant(one)))
  return given.call.node('combine', { function: meaning }, read, rank)
}

function ofTwo(operation: string, meaning: Combining): OperationLowering {
  return (given) => {
    const scaling = scalingOf(operation, given.operands)
    return scaling === null
      ? combined(given, meaning)
      : given.call.node('unary', { function: 'Affine', ...scaling }, [given.call.x])
  }
}

function compared(meaning: Combining): OperationLowering {
  return (given) => isTrue(combined(given, meaning))
}

function joined(meaning: Combining): OperationLowering {
  return (given) => {
    const { call } = given
    const read = given.tensors.map((one) => call.cast(one, 'bool'))
    return isTrue(call.node('combine', { function: meaning }, read))
  }
}

const power: OperationLowering = (given) => {
  const exponent = given.told(1)
  return exponent === 2
    ? given.call.node('unary', { function: 'Square' }, [given.x])
    : combined(given, 'Pow')
}

/** Towards the lesser number, as broken ones. */
const floorDivide: OperationLowering = (given) =>
  given.call.node('unary', { function: 'Floor' }, [combined(given, 'Div')])

function reduced(meaning: Reducing): OperationLowering {
  return (given) => reducedBy(given, meaning, given.x)
}

interface Reduction {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

function reductionOf(given: OperationCall): Reduction {
  return { axes: given.axes('axis'), keepDims: given.isTrue('keepdims') }
}

function rankBehind({ axes, keepDims }: Reduction, { rank }: Flowing): number {
  return keepDims ? rank : rank - axes.length
}

function reducedBy(given: OperationCall, meaning: Reducing, x: Flowing): Flowing {
  const how = reductionOf(given)
  return given.call.node('reduce', { function: meaning, ...how }, [x], rankBehind(how, x))
}

/** Of truths. */
function decided(meaning: 'All' | 'Any'): OperationLowering {
  return (given) => isTrue(reducedBy(given, meaning, given.call.cast(given.x, 'bool')))
}

/** The mean square of what is left when the mean is taken off. */
const variance: OperationLowering = (given) => {
  const { call, x } = given
  const { axes } = reductionOf(given)
  const mean = call.node('reduce', { function: 'Mean', axes, keepDims: true }, [x])
  const squares = call.node('combine', { function: 'SquaredDifference' }, [x, mean])
  return reducedBy(given, 'Mean', squares)
}

const deviation: OperationLowering = (given) => {
  const found = variance(given)
  return 'name' in found ? given.call.node('unary', { function: 'Sqrt' }, [found]) : found
}

/** Of unit length along axes. @param least of the sum of squares */
function normalized(given: OperationCall, least: number): Flowing {
  const { call, x } = given
  const axes = given.setting('axis') === null ? [x.rank - 1] : given.axes('axis')
  const squares = call.node('unary', { function: 'Square' }, [x])
  const sum = call.node('reduce', { function: 'Sum', axes, keepDims: true }, [squares])
  const kept = call.node('combine', { function: 'Max' }, [sum, call.number(least)], x.rank)
  const root = call.node('unary', { function: 'Rsqrt' }, [kept])
  return call.node('combine', { function: 'Mul' }, [x, root])
}

const norm: OperationLowering = (given) => {
  const order = given.setting('ord')
  if (order !== null && order !== 2 && order !== 'euclidean') throw new NotExact('ord')
  const how = reductionOf(given)
  // Of two axes Keras takes the largest singular value.
  if (how.axes.length !== 1) throw new NotExact('axis')
  return reducedBy(given, 'L2', given.x)
}

function softmax(log: boolean): OperationLowering {
  return (given) => {
    const [axis = given.x.rank - 1, ...others] =
      given.setting('axis') === null ? [] : given.axes('axis')
    if (others.length > 0) throw new NotExact('axis')
    return given.call.node('softmax', { axis, log }, [given.x])
  }
}

const clip: OperationLowering = (given) => {
  const least = given.setting('x_min') === null ? null : given.number('x_min', 0)
  const most = given.setting('x_max') === null ? null : given.number('x_max', 0)
  return given.call.node('unary', { function: 'Clip', least, most }, [given.x])
}

const chosen: OperationLowering = (given) => {
  const { call, operands } = given
  if (operands.length !== 3) throw new NotExact(`args[${operands.length - 1}]`)
  const condition = call.cast(given.tensor(0), 'bool')
  const ends = [1, 2].map((place) => given.flowing(place) ?? given.numbers(place))
  const isAlike = ends.every((end) =>
    'rank' in end ? end.rank === condition.rank : end.shape.length <= condition.rank - call.lead,
  )
  if (!isAlike) throw new NotExact('args')
  const read = ends.map((end) => ('rank' in end ? call.cast(end, 'float32') : given.constant(end)))
  return call.node('where', {}, [condition, ...read], condition.rank)
}

const cast: OperationLowering = (given) => {
  const to = given.setting('to')
  const { call, x } = given
  switch (to) {
    case 'float32':
    case 'float64':
      return call.node('cast', { to: 'float32' }, [x])
    case 'int32':
    case 'int64':
      return call.node('cast', { to: 'int32' }, [x])
    case 'bool':
      return call.node('cast', { to: 'bool' }, [x])
    default:
      throw new NotExact('to')
  }
}

const operations: ReadonlyMap<string, OperationLowering> = new Map<string, OperationLowering>([
  ...Object.entries(functions).map(([name, meaning]): [string, OperationLowering] => [
    name,
    bent(meaning),
  ]),
  ['Identity', (given) => given.call.node('identity', {}, [given.x])],
  // What it says of training is said of the training that made the weights.
  ['StopGradient', (given) => given.call.node('identity', {}, [given.x])],
  ['Elu', bentBy((alpha) => ({ function: 'Elu', alpha }), 'alpha', 1)],
  ['Celu', bentBy((alpha) => ({ function: 'Celu', alpha }), 'alpha', 1)],
  ['LeakyRelu', bentBy((alpha) => ({ function: 'LeakyRelu', alpha }), 'negative_slope', 0.2)],
  [
    'Gelu',
    (given) => {
      const approximate = given.isTrue('approximate') ? 'tanh' : 'none'
      return given.call.node('unary', { function: 'Gelu', approximate }, [given.x])
    },
  ],
  [
    'Round',
    (given) => {
      if (given.number('decimals', 0) !== 0) throw new NotExact('decimals')
      return given.call.node('unary', { function: 'Round' }, [given.x])
    },
  ],
  [
    'LogSigmoid',
    ({ call, x }) => {
      const away = call.node('unary', { function: 'Neg' }, [x])
      const soft = call.node('unary', { function: 'Softplus' }, [away])
      return call.node('unary', { function: 'Neg' }, [soft])
    },
  ],
  [
    'ReLU',
    (given) => {
      for (const key of ['negative_slope', 'max_value', 'threshold']) given.setting(key)
      return relu(given.call)
    },
  ],
  ['Softmax', softmax(false)],
  ['LogSoftmax', softmax(true)],
  ['Add', ofTwo('Add', 'Add')],
  ['Subtract', ofTwo('Subtract', 'Sub')],
  ['Multiply', ofTwo('Multiply', 'Mul')],
  ['Divide', ofTwo('Divide', 'Div')],
  ['TrueDivide', ofTwo('TrueDivide', 'Div')],
  ['Maximum', ofTwo('Maximum', 'Max')],
  ['Minimum', ofTwo('Minimum', 'Min')],
  ['SquaredDifference', ofTwo('SquaredDifference', 'SquaredDifference')],
  ['Mod', ofTwo('Mod', 'Mod')],
  ['Power', power],
  ['FloorDivide', floorDivide],
  ['AddN', ({ call, tensors }) => call.node('combine', { function: 'Add' }, tensors)],
  ['Greater', compared('Greater')],
  ['GreaterEqual', compared('GreaterOrEqual')],
  ['Less', compared('Less')],
  ['LessEqual', compared('LessOrEqual')],
  ['Equal', compared('Equal')],
  ['NotEqual', compared('NotEqual')],
  ['LogicalAnd', joined('And')],
  ['LogicalOr', joined('Or')],
  ['LogicalXor', joined('Xor')],
  [
    'LogicalNot',
    ({ call, x }) => isTrue(call.node('unary', { function: 'Not' }, [call.cast(x, 'bool')])),
  ],
  ['Where', chosen],
  ['Mean', reduced('Mean')],
  ['Average', reduced('Mean')],
  ['Sum', reduced('Sum')],
  ['Max', reduced('Max')],
  ['Amax', reduced('Max')],
  ['Min', reduced('Min')],
  ['Amin', reduced('Min')],
  ['Prod', reduced('Prod')],
  ['Logsumexp', reduced('LogSumExp')],
  ['Any', decided('Any')],
  ['All', decided('All')],
  ['Var', variance],
  ['Std', deviation],
  ['Norm', norm],
  ['L2Normalize', (given) => normalized(given, given.number('epsilon', 1e-12))],
  [
    'Normalize',
    (given) => {
      if (given.number('order', 2) !== 2) throw new NotExact('order')
      return normalized(given, given.number('epsilon', 1e-7) ** 2)
    },
  ],
  ['Clip', clip],
  ['Cast', cast],
  ...placing,
  ...products,
  ...slicing,
])

export function isKnownOperation(operation: string): boolean {
  return operations.has(operation)
}

/** @throws NotExact where the operation is told what nobody here reads */
export function operationLowering(
  operation: string,
): ((call: LoweredCall) => Flowing | readonly Flowing[]) | null {
  const lowering = operations.get(operation)
  if (lowering === undefined) return null
  return (call) => {
    const given = new OperationCall(call)
    const found = lowering(given)
    given.checkAllRead()
    return found
  }
}
