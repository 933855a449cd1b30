import type { GraphEdit } from '../graph/edits'
import { editedGraph } from '../graph/edits'
import type { ModelGraph } from '../graph/graph'
import { layerLinks } from '../graph/layer-links'
import type { LayerLink } from '../graph/layer-links'
import { liveValues } from '../graph/live-nodes'
import type { GraphNode, OpName } from '../graph/operators'
import type { Shape, ValueName } from '../graph/values'

/** Layers that can be left out together: what goes in has the shape of what comes out. */
export interface DepthBlock {
  /** The layer that names it: the sum of a residual block, or the first layer of a plain one. */
  readonly id: string
  readonly kind: 'residual' | 'plain'
  /** Whose output takes the place of the last one's. */
  readonly from: string
  readonly to: string
  readonly layers: readonly string[]
}

type Links = ReadonlyMap<string, LayerLink>

/** Keep the shape, and mean nothing without the layer before them. */
const following: ReadonlySet<OpName> = new Set([
  ...(['batchNormalization', 'unary', 'prelu', 'softmax', 'noise', 'identity', 'combine'] as const),
])

/**
 * Finds what a depth cut may leave out: the branch of a residual sum whose other input passes it by unchanged, and a
 * plain layer, with what follows it, that keeps its shape.
 * @param shapes of all values
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth", arXiv:1603.09382: such blocks are nearly exchangeable
 */
export function depthBlocks(
  graph: ModelGraph,
  shapes: ReadonlyMap<ValueName, Shape>,
): DepthBlock[] {
  const links = layerLinks(graph)
  const nested = new Set(graph.layers.flatMap(({ name, nested: is }) => (is ? [name] : [])))
  const ends = new Map(graph.layers.map(({ name, outputs: [value = ''] }) => [name, value]))
  const endOf = (layer: string): ValueName => ends.get(layer) ?? lastValue(links.get(layer))
  const shapeOf = (layer: string): Shape | undefined => shapes.get(endOf(layer))

  /** Nothing outside reads what is inside, everything is called once, and the shape stays. */
  const isClosed = (block: DepthBlock): boolean => {
    const { from, layers, to } = block
    const inside = new Set(layers)
    return (
      !nested.has(from) &&
      sameShape(shapeOf(from), shapeOf(to)) &&
      bypassOf(graph, block)?.from === endOf(from) &&
      layers.every((name) => {
        const link = links.get(name)
        return (
          link !== undefined &&
          isCalledOnce(link) &&
          endOf(name) === lastValue(link) &&
          !nested.has(name) &&
          !link.isLast &&
          (name === to || link.readers.every((reader) => inside.has(reader)))
        )
      })
    )
  }

  const residual = [...links.values()].flatMap((link) =>
    bySides(link, graph)
      .map(([from, branch]) => residualBlock(link, from, branch, links))
      .filter((block) => block !== null && isClosed(block))
      .slice(0, 1),
  ) as DepthBlock[]
  const taken = new Set(residual.flatMap(({ layers }) => layers))
  const plain = [...links.values()]
    .flatMap((link) => plainBlock(link, links, graph))
    .filter((block) => isClosed(block) && !block.layers.some((name) => taken.has(name)))
  const order = new Map([...links.keys()].map((name, at) => [name, at]))
  return [...residual, ...plain].toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
}

/** A layer of several nodes is called once where each of them reads another or the layer's one input. */
function isCalledOnce({ nodes }: LayerLink): boolean {
  const own = new Set(nodes.flatMap(({ outputs }) => outputs))
  return nodes.filter(({ inputs }) => !inputs.some((value) => own.has(value ?? ''))).length === 1
}

function lastValue(link: LayerLink | undefined): ValueName {
  return link?.nodes.at(-1)?.outputs[0] ?? ''
}

/** What meets in a layer that only adds two values, each as the way around and as the branch. */
function bySides({ inputs, nodes }: LayerLink, graph: ModelGraph): [string, string][] {
  const [node] = nodes
  const [left, right] = inputs
  if (nodes.length !== 1 || node === undefined || left === undefined || right === undefined)
    return []
  const isSum = node.op === 'combine' && node.attributes.function === 'Add'
  if (!isSum || inputs.length !== 2 || readsWeights(node, graph)) return []
  return [
    [left, right],
    [right, left],
  ]
}

function readsWeights({ inputs }: GraphNode, { parameters }: ModelGraph): boolean {
  return inputs.some((value) => value !== null && parameters.has(value))
}

/** The branch from `from` to a sum; null where it does not begin there alone. */
function residualBlock(
  sum: LayerLink,
  from: string,
  branch: string,
  links: Links,
): DepthBlock | null {
  const inside = new Set<string>()
  const open = [branch]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === from || inside.has(name)) continue
    const link = links.get(name)
    if (link === undefined || link.inputs.length === 0) return null
    inside.add(name)
    open.push(...link.inputs)
  }
  if (inside.size === 0) return null
  const layers = [...links.keys()].filter((name) => inside.has(name))
  return { id: sum.name, kind: 'residual', from, to: sum.name, layers: [...layers, sum.name] }
}

function plainBlock(first: LayerLink, links: Links, graph: ModelGraph): DepthBlock[] {
  const [from, ...others] = first.inputs
  if (from === undefined || others.length > 0 || follows(first, graph)) return []
  if (!first.nodes.some((node) => readsWeights(node, graph))) return []
  const layers = [first.name]
  for (;;) {
    const read = links.get(layers.at(-1) ?? '')?.readers ?? []
    const next = links.get(read[0] ?? '')
    if (read.length !== 1 || next === undefined || !follows(next, graph)) break
    layers.push(next.name)
  }
  return [{ id: first.name, kind: 'plain', from, to: layers.at(-1) ?? first.name, layers }]
}

/** Works on each element, or each channel, of what one other layer gives. */
function follows({ inputs, nodes }: LayerLink, { parameters }: ModelGraph): boolean {
  return (
    inputs.length === 1 &&
    nodes.length > 0 &&
    nodes.every(
      (node) =>
        following.has(node.op) &&
        (node.op !== 'combine' ||
          node.inputs.filter((value) => value === null || !parameters.has(value)).length === 1),
    )
  )
}

function sameShape(left: Shape | undefined, right: Shape | undefined): boolean {
  return (
    left !== undefined &&
    left.length === right?.length &&
    left.every((side, axis) => axis === 0 || (side !== null && side === right[axis]))
  )
}

/** How a graph loses some of its blocks; ids that are no blocks of it are passed over. */
export function blockEdits(
  graph: ModelGraph,
  shapes: ReadonlyMap<ValueName, Shape>,
  ids: readonly string[],
): GraphEdit[] {
  const edits: GraphEdit[] = []
  let left = graph
  for (const id of ids) {
    // Anew each time: what one block begins with may have gone with another.
    const block = depthBlocks(left, shapes).find((other) => other.id === id)
    const bypass = block === undefined ? null : bypassOf(left, block)
    if (bypass === null) continue
    const edit = withWhatServedIt(left, bypass)
    edits.push(edit)
    left = editedGraph(left, [edit])
  }
  return edits
}

/** What only handed weights to a block goes with it. */
function withWhatServedIt(graph: ModelGraph, bypass: Bypass): Bypass {
  const before = liveValues(graph)
  const after = liveValues(editedGraph(graph, [bypass]))
  const idle = graph.nodes.filter(
    ({ outputs }) =>
      outputs.some((value) => before.has(value)) && !outputs.some((value) => after.has(value)),
  )
  return { ...bypass, nodes: [...new Set([...bypass.nodes, ...idle.map(({ id }) => id)])] }
}

type Bypass = Extract<GraphEdit, { readonly kind: 'bypass' }>

/**
 * @returns null where the block reads nothing of the layer that it is said to begin at, or where more than one of its
 * values is read outside
 */
function bypassOf(graph: ModelGraph, { from, layers, to }: DepthBlock): Bypass | null {
  const inside = new Set(layers)
  const gone = graph.nodes.filter(({ layer }) => inside.has(layer))
  const given = new Set([
    ...graph.nodes.filter(({ layer }) => layer === from).flatMap(({ outputs }) => outputs),
    ...graph.layers.filter(({ name }) => name === from).flatMap(({ outputs }) => outputs),
  ])
  const source = gone
    .flatMap(({ inputs }) => inputs)
    .find((value) => value !== null && given.has(value))
  const last = gone.findLast(({ layer }) => layer === to)?.outputs[0]
  const inner = new Set(gone.flatMap(({ outputs }) => outputs))
  const isRead = graph.nodes.some(
    ({ inputs, layer }) =>
      !inside.has(layer) &&
      inputs.some((value) => value !== null && value !== last && inner.has(value)),
  )
  return isRead || source === undefined || source === null || last === undefined
    ? null
    : { kind: 'bypass', nodes: gone.map(({ id }) => id), from: source, to: last }
}
