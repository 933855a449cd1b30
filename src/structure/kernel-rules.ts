import type { Layout } from '../graph/operators'
import type { Shape, ValueName } from '../graph/values'
import { handsOn, repeated } from './channel-effect'
import type { ChannelEffect, ChannelFacts, ChannelRule, Channels, Slices } from './channel-effect'

/** What holds filters, and what multiplies with matrices. */
export const kernelRules = {
  conv: (node, facts) => {
    const { groups, kernel, layout } = node.attributes
    return groups === 1 ? produced(node, facts, layout, kernel) : null
  },

  transposedConv: (node, facts) => {
    const { groups, kernel, layout, output } = node.attributes
    if (groups !== 1) return null
    // A file that says all sides of what comes out says its channels with them.
    const areSaid = output !== null || (node.inputs[3] ?? null) !== null
    return areSaid ? read(node, facts, layout, kernel) : produced(node, facts, layout, kernel)
  },

  depthwiseConv: (node, { inputs: [input = null], shapeOf, weightShape }) => {
    const { kernel: axes, layout } = node.attributes
    const [x, kernel = null, bias = null] = node.inputs
    const shape = weightShape(kernel)
    if (kernel === null || shape === null || input === null) return null
    const axis = channelAxis(layout, axes.spatial.length, shapeOf(x))
    const { channels } = input
    if (input.axis !== axis || channels.length !== shape[axes.channel]) return null
    const times = axes.multiplier === null ? 1 : (shape[axes.multiplier] ?? 1)
    const outgoing = repeated(channels, times)
    const slices = new Map<ValueName, Slices>([
      [kernel, shape.map((_, at) => (at === axes.channel ? channels : null))],
      ...biasSlices(bias, outgoing, weightShape),
    ])
    return handsOn(
      node,
      { axis, channels: outgoing },
      { slices, touches: 'followers', works: [channels] },
    )
  },

  matMul: (node, facts) => {
    const { transposeA, transposeB } = node.attributes
    const [a, kernel = null, bias = null] = node.inputs
    const { inputs, shapeOf, weightShape } = facts
    const [input = null] = inputs
    const shape = weightShape(kernel)
    const rank = shapeOf(a)?.length
    if (kernel === null || shape?.length !== 2 || rank === undefined || transposeA) return null
    const axis = rank - 1
    const kernelAxes = transposeB ? { input: 1, output: 0 } : { input: 0, output: 1 }
    return withKernel(node, facts, { kernel, bias, shape, axis, ...kernelAxes, mark: input })
  },

  /** The columns of a table are what one place of an embedding gives. */
  gather: (node, { create, inputs: [, indices = null], shapeOf, weightShape }) => {
    const [table = null, places] = node.inputs
    const shape = weightShape(table)
    const rank = shapeOf(places)?.length
    if (node.attributes.axis !== 0 || indices !== null) return null
    if (table === null || shape?.length !== 2 || rank === undefined) return null
    const channels = create(shape[1] ?? 0)
    return handsOn(
      node,
      { axis: rank, channels },
      {
        made: { channels, kernel: { weight: table, axis: 1 } },
        slices: new Map([[table, [null, channels]]]),
      },
    )
  },
} satisfies {
  [Op in 'conv' | 'transposedConv' | 'depthwiseConv' | 'matMul' | 'gather']: ChannelRule<Op>
}

/** The axis of channels among all axes; those before the spatial ones and it are batches. */
export function channelAxis(layout: Layout, spatial: number, shape: Shape | undefined): number {
  const rank = shape?.length ?? spatial + 2
  return layout === 'channelsLast' ? rank - 1 : rank - spatial - 1
}

interface KernelNode {
  readonly inputs: readonly (ValueName | null)[]
  readonly outputs: readonly ValueName[]
}

function produced(
  node: KernelNode,
  facts: ChannelFacts,
  layout: Layout,
  axes: { readonly spatial: readonly number[]; readonly input: number; readonly output: number },
): ChannelEffect | null {
  const [x, kernel = null, bias = null] = node.inputs
  const shape = facts.weightShape(kernel)
  if (kernel === null || shape === null) return null
  const axis = channelAxis(layout, axes.spatial.length, facts.shapeOf(x))
  const [mark = null] = facts.inputs
  const { input, output } = axes
  return withKernel(node, facts, { kernel, bias, shape, axis, input, output, mark })
}

/** Reads channels, and gives others that all stay. */
function read(
  node: KernelNode,
  { inputs: [mark = null], shapeOf, weightShape }: ChannelFacts,
  layout: Layout,
  { input, spatial }: { readonly spatial: readonly number[]; readonly input: number },
): ChannelEffect | null {
  const [x, kernel = null] = node.inputs
  const shape = weightShape(kernel)
  if (mark === null) return handsOn(node, null)
  if (kernel === null || shape === null || mark.channels.length !== shape[input]) return null
  if (mark.axis !== channelAxis(layout, spatial.length, shapeOf(x))) return null
  const axes = shape.map((_, at) => (at === input ? mark.channels : null))
  return handsOn(node, null, {
    slices: new Map([[kernel, axes]]),
    touches: 'readers',
    works: [mark.channels],
  })
}

interface Kernel {
  readonly kernel: ValueName
  readonly bias: ValueName | null
  readonly shape: readonly number[]
  /** Of the channels, in what the node reads and in what it gives. */
  readonly axis: number
  /** Of the kernel. */
  readonly input: number
  readonly output: number
  readonly mark: ChannelFacts['inputs'][number]
}

function withKernel(
  node: KernelNode,
  { create, weightShape }: ChannelFacts,
  { axis, bias, input, kernel, mark, output, shape }: Kernel,
): ChannelEffect | null {
  const count = shape[output]
  if (count === undefined) return null
  if (mark !== null && (mark.axis !== axis || mark.channels.length !== shape[input])) return null
  const read = mark?.channels ?? null
  const made = create(count)
  const slices = new Map<ValueName, Slices>([
    [kernel, shape.map((_, at) => (at === output ? made : at === input ? read : null))],
    ...biasSlices(bias, made, weightShape),
  ])
  return handsOn(
    node,
    { axis, channels: made },
    {
      made: { channels: made, kernel: { weight: kernel, axis: output } },
      slices,
      touches: 'readers',
      works: read === null ? [made] : [read, made],
    },
  )
}

/** A bias is one number for each channel, or for all of them. */
function biasSlices(
  bias: ValueName | null,
  channels: Channels,
  weightShape: ChannelFacts['weightShape'],
): [ValueName, Slices][] {
  const shape = weightShape(bias)
  if (bias === null || shape === null) return []
  return [[bias, shape.map((side, at) => (isLast(shape, at, side, channels) ? channels : null))]]
}

function isLast(shape: readonly number[], at: number, side: number, channels: Channels): boolean {
  return at === shape.length - 1 && side === channels.length
}
