import type { ValueName } from '../graph/values'
import { fromFront, handsOn } from './channel-effect'
import type { ChannelEffect, ChannelFacts, ChannelRule, Marked, Slices } from './channel-effect'

type ByElement =
  | ('unary' | 'identity' | 'noise' | 'cast')
  | ('combine' | 'prelu' | 'softmax' | 'batchNormalization')

const passes = (
  node: { readonly outputs: readonly ValueName[] },
  { inputs: [mark = null] }: ChannelFacts,
): ChannelEffect => handsOn(node, mark)

/** What works on each element, or on each channel, by itself. */
export const elementRules = {
  unary: passes,
  identity: passes,
  noise: passes,
  cast: passes,
  combine: (node, facts) => combined(node, facts),
  prelu: (node, facts) => combined(node, facts),

  /** Weighs the places of one axis against each other. */
  softmax: (node, { inputs: [mark = null], shapeOf }) => {
    const axis = fromFront(node.attributes.axis, shapeOf(node.inputs[0]))
    return mark === null || (axis !== null && axis !== mark.axis) ? handsOn(node, mark) : null
  },

  batchNormalization: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const [x, ...weights] = node.inputs
    if (fromFront(node.attributes.axis, shapeOf(x)) !== mark.axis) return null
    const { channels } = mark
    const slices = new Map(
      weights.flatMap((name): [ValueName, Slices][] => (name === null ? [] : [[name, [channels]]])),
    )
    const [scale = null] = weights
    return handsOn(node, mark, { slices, touches: 'followers', works: [channels], scale })
  },
} satisfies { [Op in ByElement]: ChannelRule<Op> }

interface Combination {
  readonly inputs: readonly (ValueName | null)[]
  readonly outputs: readonly ValueName[]
}

/**
 * Element by element: channels that meet go together, and a weight of one number for each channel goes with them.
 * Axes of all inputs are counted from the last, since sides of one broadcast.
 */
export function combined(node: Combination, facts: ChannelFacts): ChannelEffect | null {
  const { inputs, join, shapeOf, weightShape } = facts
  const rank = shapeOf(node.outputs[0])?.length
  const marks = inputs.flatMap((mark, at): [Marked, number][] => {
    const own = shapeOf(node.inputs[at])?.length
    return mark === null || own === undefined || rank === undefined
      ? []
      : [[{ ...mark, axis: mark.axis + rank - own }, at]]
  })
  const [[first] = []] = marks
  if (first === undefined || rank === undefined)
    return inputs.every((mark) => mark === null) ? handsOn(node, null) : null
  const count = first.channels.length
  const slices = new Map<ValueName, Slices>()
  for (const [at, name] of node.inputs.entries()) {
    const [own = null] = marks.find(([, place]) => place === at) ?? []
    if (own !== null) {
      if (own.axis !== first.axis || own.channels.length !== count) return null
      if (own !== first) join(first.channels, own.channels)
      continue
    }
    const shape = weightShape(name) ?? shapeOf(name)
    if (shape === undefined) return null
    const place = first.axis - (rank - shape.length)
    const side = place < 0 ? 1 : shape[place]
    if (side === 1) continue
    // Numbers for each channel that nothing is known of.
    if (name === null || weightShape(name) === null || side !== count) return null
    slices.set(
      name,
      shape.map((_, axis) => (axis === place ? first.channels : null)),
    )
  }
  return handsOn(node, first, slices.size === 0 ? {} : { slices, touches: 'followers' })
}
