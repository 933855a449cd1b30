import type { ModelGraph } from './graph'
import { makersOf } from './makers-of'
import type { GraphNode } from './operators'

/** A layer among others: whose outputs it reads, and who reads its own. */
export interface LayerLink {
  readonly name: string
  /** Of all its calls. */
  readonly nodes: readonly GraphNode[]
  /** Layers and graph inputs whose values it reads, in order, each once. */
  readonly inputs: readonly string[]
  readonly readers: readonly string[]
  /** Gives something that the model returns. */
  readonly isLast: boolean
}

/**
 * A graph by what belongs together: the nodes of one layer, in the order of the graph. Graph inputs stand under the
 * layer that declares them, or under none.
 */
export function layerLinks(graph: ModelGraph): ReadonlyMap<string, LayerLink> {
  const makers = makersOf(graph)
  const nodes = new Map<string, GraphNode[]>()
  for (const { value } of graph.inputs) {
    const owner = makers.get(value)
    if (owner !== undefined) nodes.set(owner, [])
  }
  for (const node of graph.nodes) append(nodes, node.layer, node)
  const inputs = new Map(
    [...nodes].map(([name, own]) => [
      name,
      new Set(
        own
          .flatMap((node) => node.inputs.flatMap((value) => makers.get(value ?? '') ?? []))
          .filter((maker) => maker !== name),
      ),
    ]),
  )
  const readers = new Map<string, string[]>()
  for (const [name, read] of inputs) for (const maker of read) append(readers, maker, name)
  const last = new Set(graph.outputs.map((value) => makers.get(value)))
  return new Map(
    [...nodes].map(([name, own]) => [
      name,
      {
        name,
        nodes: own,
        inputs: [...(inputs.get(name) ?? [])],
        readers: readers.get(name) ?? [],
        isLast: last.has(name),
      },
    ]),
  )
}

/** A layer may be called very often. */
function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [item])
  else known.push(item)
}
