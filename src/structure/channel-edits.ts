import { elementCount } from '../core/tensor-spec'
import type { GraphEdit } from '../graph/edits'
import type { ModelGraph } from '../graph/graph'
import type { Channels, Slices } from './channel-effect'
import type { ChannelMap } from './channel-map'

/**
 * How a graph loses channels.
 * @param removed coupled channels, not all of any group
 */
export function channelEdits(
  graph: ModelGraph,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): GraphEdit[] {
  const edits: GraphEdit[] = []
  for (const [parameter, axes] of map.slices)
    for (const [axis, channels] of axes.entries()) {
      const indices = indicesLeft(channels, removed)
      if (indices !== null) edits.push({ kind: 'keep', parameter, axis, indices })
    }
  for (const node of graph.nodes) {
    const mark = map.reshaped.get(node.id)
    if (node.op !== 'reshape' || mark === undefined || node.attributes.to === null) continue
    const left = indicesLeft(mark.channels, removed)?.length
    const { to } = node.attributes
    // 0 and -1 follow the sides of what comes in.
    if (left === undefined || (to[mark.axis] ?? 0) <= 0) continue
    edits.push({
      kind: 'reshape',
      node: node.id,
      to: to.map((side, axis) => (axis === mark.axis ? left : side)),
    })
  }
  return edits
}

/** What stays of an axis; null: all of it. */
function indicesLeft(
  channels: Channels | null,
  removed: ReadonlySet<number>,
): readonly number[] | null {
  if (channels?.some((channel) => removed.has(channel)) !== true) return null
  return channels.flatMap((channel, index) => (removed.has(channel) ? [] : [index]))
}

/** The parameters that a cut takes, without making it. */
export function parametersGone(
  { parameters }: ModelGraph,
  { slices }: ChannelMap,
  removed: ReadonlySet<number>,
): number {
  let gone = 0
  for (const [name, { shape }] of parameters)
    gone += elementCount(shape) - elementsAfter(shape, slices.get(name) ?? [], removed)
  return gone
}

function elementsAfter(
  shape: readonly number[],
  axes: Slices,
  removed: ReadonlySet<number>,
): number {
  return shape.reduce((product, side, at) => {
    const left = axes[at]?.filter((channel) => !removed.has(channel)).length
    return product * (left ?? side)
  }, 1)
}
