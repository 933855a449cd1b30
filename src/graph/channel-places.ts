import type { ModelGraph } from './graph'
import { infer } from './infer'
import type { GraphNode } from './operators'
import { axisOf } from './sides/sides'
import { channelToEnd, layoutOf, windowAxes, windowPlaces } from './sides/window-places'
import type { ValueName } from './values'

/**
 * Which axis of a value are its channels, where a window with channels first says so and what comes after hands it on;
 * of all that is not told it is the last. null: nobody can tell any more, since axes were made anew behind such a window.
 */
export function channelPlaces(graph: ModelGraph): ReadonlyMap<ValueName, number | null> {
  const places = new Map<ValueName, number | null>()
  if (!graph.nodes.some((node) => layoutOf(node) === 'channelsFirst')) return places
  const { sides } = infer(graph)
  const rankOf = (name: ValueName): number | null => sides.get(name)?.length ?? null
  for (const node of graph.nodes) {
    const from = node.inputs.find((name) => name !== null && places.has(name)) ?? null
    for (const name of node.outputs) {
      const rank = rankOf(name)
      const own = rank === null ? null : ownPlace(node, rank)
      // Rows of numbers have but one axis that is not the batch.
      if (own === null && (from === null || rank === 2)) continue
      const kept = from !== null && rankOf(from) === rank ? (places.get(from) ?? null) : null
      const place = own ?? (kept === null ? null : handedOn(node, kept))
      if (rank === null || place !== rank - 1) places.set(name, place)
    }
  }
  return places
}

/**
 * The order of axes that brings a value's channels to its end.
 * @param place of its channels, as `channelPlaces` tells it
 * @returns null where nobody can tell
 */
export function channelsToEnd(
  rank: number,
  place: number | null = rank - 1,
): readonly number[] | null {
  return place === null ? null : channelToEnd(rank, place)
}

/** What an operator itself says; null: nothing. */
function ownPlace(node: GraphNode, rank: number): number | null {
  if (node.op === 'matMul') return rank - 1
  if (node.op === 'batchNormalization') return axisOf(node.attributes.axis, rank)
  const layout = layoutOf(node)
  return layout === null
    ? null
    : (windowPlaces(rank, windowAxes(node, rank), layout)?.channel ?? null)
}

function handedOn(node: GraphNode, place: number): number | null {
  if (node.op === 'reshape') return null
  if (node.op !== 'transpose') return place
  const { perm } = node.attributes
  const at = perm.findIndex((axis) => axisOf(axis, perm.length) === place)
  return at < 0 ? null : at
}
