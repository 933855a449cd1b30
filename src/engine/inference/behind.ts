import type { GraphNode, NodeOf, Unary } from '../../graph/operators'
import type { ValueName } from '../../graph/values'
import type { Ground } from './ground'
import { noLimits } from './step'
import type { Folded, Limits } from './step'

/** What is done with a value while it is made. */
export interface Behind {
  readonly folded: readonly Folded[]
  readonly rest: ValueName | null
  readonly limits: Limits
  /** What comes out in the end. */
  readonly out: ValueName
  /** Nodes that are done so. */
  readonly done: readonly GraphNode[]
}

interface Absorbing {
  /** Channels of the value, which lie last. */
  readonly channels: number
  /** Another value may be added. */
  readonly adds: boolean
}

/** Follows the only reader of a value for as long as a kernel does with it what that node says. */
export function behind(value: ValueName, ground: Ground, { channels, adds }: Absorbing): Behind {
  const folded: Folded[] = []
  const done: GraphNode[] = []
  let rest: ValueName | null = null
  let limits: Limits = noLimits
  let out = value
  for (;;) {
    const reader = ground.onlyReader(out)
    const [given] = reader?.outputs ?? []
    if (reader === null || given === undefined) break
    const isOpen = limits === noLimits
    const fold = isOpen && rest === null ? foldOf(reader, out, ground, channels) : null
    const addend: ValueName | null =
      isOpen && adds && rest === null ? addendOf(reader, out, ground) : null
    const limit = reader.op === 'unary' && isOpen ? limitsOf(reader.attributes) : null
    if (fold !== null) folded.push(fold)
    else if (addend !== null) rest = addend
    else if (limit !== null) limits = limit
    else if (!handsOn(reader)) break
    done.push(reader)
    out = given
  }
  return { folded, rest, limits, out, done }
}

/** Nodes that hand on what they get, in inference. */
export function handsOn({ op }: GraphNode): boolean {
  return op === 'identity' || op === 'noise'
}

export function limitsOf(unary: Unary): Limits | null {
  if (unary.function === 'Relu') return { low: 0, high: Infinity }
  if (unary.function === 'Clip')
    return { low: unary.least ?? -Infinity, high: unary.most ?? Infinity }
  return null
}

/** What can be said channel by channel, with weights alone; null: it cannot. */
export function foldOf(
  node: GraphNode,
  value: ValueName,
  ground: Ground,
  channels: number,
): Folded | null {
  if (node.op === 'batchNormalization') return normalization(node, value, ground)
  if (node.op === 'unary' && node.attributes.function === 'Affine')
    return { kind: 'affine', scale: node.attributes.scale, offset: node.attributes.offset }
  if (node.op !== 'combine' || node.inputs.length !== 2) return null
  const [a = null, b = null] = node.inputs
  const isFirst = a === value
  const by = isFirst ? b : a
  if (by === null || !ground.still.has(by)) return null
  const shape = ground.stillShape(by, node.layer)
  const size = shape.reduce((product, side) => product * side, 1)
  const isOfChannels = size === 1 || (size === channels && shape.at(-1) === channels)
  // More axes than the value has would give it more.
  const rank = ground.sidesOf(value, node.layer).length + 1
  if (!isOfChannels || shape.length > rank) return null
  switch (node.attributes.function) {
    case 'Add':
      return { kind: 'add', by }
    case 'Mul':
      return { kind: 'multiply', by }
    case 'Sub':
      return isFirst ? { kind: 'subtract', by } : null
    default:
      return null
  }
}

function normalization(
  { attributes, inputs, layer }: NodeOf<'batchNormalization'>,
  value: ValueName,
  ground: Ground,
): Folded | null {
  const [x, scale = null, offset = null, mean = null, variance = null] = inputs
  const rank = ground.sidesOf(value, layer).length + 1
  const axis = attributes.axis < 0 ? attributes.axis + rank : attributes.axis
  if (x !== value || axis !== rank - 1 || mean === null || variance === null) return null
  const all = [scale, offset, mean, variance]
  if (!all.every((name) => name === null || ground.still.has(name))) return null
  return { kind: 'normalize', scale, offset, mean, variance, epsilon: attributes.epsilon }
}

/** The other side of a sum of two values of one shape, if it is there already. */
function addendOf(node: GraphNode, value: ValueName, ground: Ground): ValueName | null {
  if (node.op !== 'combine' || node.attributes.function !== 'Add') return null
  const [a = null, b = null, ...others] = node.inputs
  const other = a === value ? b : a
  if (other === null || others.length > 0 || other === value || ground.still.has(other)) return null
  if (!ground.isMade(other)) return null
  const [own, its] = [value, other].map((name) => ground.sidesOf(name, node.layer))
  return own?.join() === its?.join() ? other : null
}
