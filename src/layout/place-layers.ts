import { graphlib, layout } from '@dagrejs/dagre'
import { chainsOf } from './chains'
import type { Chain, DrawnLayer } from './chains'
import { box } from './drawing'
import type { Drawing, PlacedEdge, PlacedLayer, Point } from './drawing'

/** More chains than that are laid out for minutes. */
export const MOST_CHAINS = 1500

/**
 * Lays out a model from top to bottom, by Sugiyama's method (Gansner et al. 1993, Brandes and Köpf 2001), as dagre does
 * it. Equal models have equal drawings.
 * @returns null where there are more than `MOST_CHAINS` chains
 */
export function placeLayers(layers: readonly DrawnLayer[]): Drawing | null {
  const { chains, edges } = chainsOf(layers)
  if (chains.length > MOST_CHAINS) return null
  const graph = new graphlib.Graph()
  graph.setGraph({ nodesep: box.beside, ranksep: box.below, edgesep: 12, rankalign: 'top' })
  graph.setDefaultEdgeLabel(() => ({}))
  const chainOf = new Map<string, string>()
  for (const [index, chain] of chains.entries()) {
    for (const name of chain.layers) chainOf.set(name, String(index))
    graph.setNode(String(index), { width: box.width, height: heightOf(chain) })
  }
  const between = edges.filter(([from, to]) => chainOf.get(from) !== chainOf.get(to))
  for (const [from, to] of between) graph.setEdge(chainOf.get(from) ?? '', chainOf.get(to) ?? '')
  layout(graph)
  const places = new Map<string, Point>()
  for (const [index, chain] of chains.entries()) {
    const { x, y } = graph.node(String(index)) as Point
    const top = y - heightOf(chain) / 2
    for (const [step, name] of chain.layers.entries())
      places.set(name, { x: x - box.width / 2, y: top + step * (box.height + box.below) })
  }
  const lines = edges.map(([from, to]) => {
    const line =
      chainOf.get(from) !== chainOf.get(to)
        ? (graph.edge(chainOf.get(from) ?? '', chainOf.get(to) ?? '') as { points: Point[] }).points
        : []
    return { from, to, points: joined(places.get(from), line, places.get(to)) }
  })
  return fromZero(
    layers.flatMap(({ name }) => {
      const place = places.get(name)
      return place === undefined ? [] : [{ name, ...place }]
    }),
    lines,
  )
}

function heightOf({ layers }: Chain): number {
  return layers.length * box.height + (layers.length - 1) * box.below
}

/** Its ends are in the middle of the boxes' edges; what dagre found between is kept. */
function joined(
  from: Point | undefined,
  line: readonly Point[],
  to: Point | undefined,
): readonly Point[] {
  if (from === undefined || to === undefined) return []
  return [
    { x: from.x + box.width / 2, y: from.y + box.height },
    ...line.slice(1, -1).map(({ x, y }) => ({ x, y })),
    { x: to.x + box.width / 2, y: to.y },
  ]
}

function fromZero(layers: readonly PlacedLayer[], edges: readonly PlacedEdge[]): Drawing {
  if (layers.length === 0) return { width: 0, height: 0, layers: [], edges: [] }
  const corners = [
    ...layers.flatMap(({ x, y }) => [
      { x, y },
      { x: x + box.width, y: y + box.height },
    ]),
    ...edges.flatMap(({ points }) => points),
  ]
  const xs = corners.map(({ x }) => x)
  const ys = corners.map(({ y }) => y)
  const [left, top] = [least(xs), least(ys)]
  const moved = <At extends Point>(at: At): At => ({ ...at, x: at.x - left, y: at.y - top })
  return {
    width: -least(xs.map((x) => -x)) - left,
    height: -least(ys.map((y) => -y)) - top,
    layers: layers.map(moved),
    edges: edges.map((edge) => ({ ...edge, points: edge.points.map(moved) })),
  }
}

function least(values: readonly number[]): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), Infinity)
}
