import type { NodeOf } from '../../graph/operators'
import { limitsOf } from './behind'
import { NoStep, sizeOf } from './ground'
import type { Ground } from './ground'
import { outputOf, scaled, stillOf, valueOf } from './made'
import type { Made } from './made'
import type { ElementFunction, Limits, Step } from './step'

/** Functions of each number. @throws NoStep for those that no kernel knows */
export function unary(node: NodeOf<'unary'>, ground: Ground): Made {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  if (attributes.function === 'Affine') return scaled(node, x, ground)
  if (attributes.function === 'HardSigmoid') return opened(node, attributes, ground)
  const how = functionOf(attributes)
  if (how === null) throw new NoStep(layer, attributes.function)
  const size = sizeOf(ground.sidesOf(x, layer))
  const step: Step = { kind: 'function', x: ground.rootOf(x), out, size, function: how }
  return { steps: [step], out, done: [] }
}

const betweenGates: Limits = { low: 0, high: 1 }

/** A line within limits. */
function opened(
  node: NodeOf<'unary'>,
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
  ground: Ground,
): Made {
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  const sides = ground.sidesOf(x, node.layer)
  const step: Step = {
    ...{ kind: 'scale', x: ground.rootOf(x), out, rows: sizeOf(sides.slice(0, -1)) },
    channels: sides.at(-1) ?? 1,
    folded: [{ kind: 'affine', scale: alpha, offset: beta }],
    limits: betweenGates,
  }
  return { steps: [step], out, done: [] }
}

function functionOf(attributes: NodeOf<'unary'>['attributes']): ElementFunction | null {
  const limits = limitsOf(attributes)
  if (limits !== null) return { name: 'limit', limits }
  switch (attributes.function) {
    case 'Sigmoid':
      return { name: 'sigmoid' }
    case 'Tanh':
      return { name: 'tanh' }
    case 'Swish':
      return { name: 'swish' }
    case 'HardSwish':
      return { name: 'hardSwish' }
    case 'Gelu':
      return { name: attributes.approximate === 'tanh' ? 'geluByTanh' : 'gelu' }
    case 'Softplus':
      return { name: 'softplus' }
    case 'Softsign':
      return { name: 'softsign' }
    case 'Mish':
      return { name: 'mish' }
    case 'Elu':
      return { name: 'elu', amount: attributes.alpha, factor: 1 }
    case 'Selu':
      return { name: 'elu', amount: attributes.alpha, factor: attributes.gamma }
    case 'LeakyRelu':
      return { name: 'leaky', amount: attributes.alpha, factor: 1 }
    default:
      return null
  }
}

/** A slope of each channel, of each number, or one. @throws NoStep for slopes that go over other axes */
export function bent(node: NodeOf<'prelu'>, ground: Ground): Made {
  const { layer } = node
  const x = valueOf(node, 0, ground)
  const slope = stillOf(node, 1, ground)
  const out = outputOf(node)
  const sides = ground.sidesOf(x, layer)
  const shape = ground.stillShape(slope, layer)
  const own = shape.slice(shape.findIndex((side) => side !== 1))
  const isOne = sizeOf(shape) === 1
  const isLast = own.length <= sides.length && own.join() === sides.slice(-own.length).join()
  if (shape.length > sides.length + 1 || (!isOne && !isLast))
    throw new NoStep(layer, 'slopes of other axes')
  const channels = isOne ? (sides.at(-1) ?? 1) : sizeOf(own)
  const rows = sizeOf(sides) / channels
  const step: Step = { kind: 'bend', x: ground.rootOf(x), out, rows, channels, slope }
  return { steps: [step], out, done: [] }
}
