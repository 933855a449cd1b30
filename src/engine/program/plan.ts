import type { ModelGraph } from '../../graph/graph'
import { liveNodes } from '../../graph/live-nodes'
import type { ValueName } from '../../graph/values'
import type { Follower, Lead } from './kernels/kernel'
import { isRunnable } from '../../graph/unrunnable'
import type { RunnableNode } from '../../graph/unrunnable'

/** One operator in the order in which they run. */
export interface Step {
  readonly node: RunnableNode
  readonly follower: Follower | null
  /** The convolution that a batch normalisation is done with. */
  readonly lead: Lead | null
  /** Reads weights and constants alone: it gives the same for every batch. */
  readonly isStill: boolean
  /** What whoever looks at the inputs of layers is shown before it; null: nothing. */
  readonly shows: ValueName | null
  /** What nobody reads any more once it is done. */
  readonly frees: readonly ValueName[]
}

export interface Plan {
  readonly steps: readonly Step[]
  readonly outputs: readonly ValueName[]
}

export interface PlanSettings {
  /** What a kernel does besides, by node. */
  readonly followers?: ReadonlyMap<string, Follower>
  /** What is done with a node before it, by node. */
  readonly leads?: ReadonlyMap<string, Lead>
  /** What is shown before a node; it lives until then. */
  readonly shown?: ReadonlyMap<string, ValueName>
}

/** Made once for a graph. @throws RangeError at a node that nothing here runs */
export function planOf(
  graph: ModelGraph,
  { followers = new Map(), leads = new Map(), shown = new Map() }: PlanSettings = {},
): Plan {
  const nodes = liveNodes(graph)
  const lastReader = new Map<ValueName, number>()
  for (const [at, { id, inputs }] of nodes.entries())
    for (const name of [...inputs, shown.get(id) ?? null])
      if (name !== null) lastReader.set(name, at)
  for (const name of graph.outputs) lastReader.delete(name)
  const freed = new Map<number, ValueName[]>()
  for (const [name, at] of lastReader) freed.set(at, [...(freed.get(at) ?? []), name])
  const still = stillValues(graph)
  const outputs = new Set(graph.outputs)
  const steps = nodes.map((node, at): Step => {
    if (!isRunnable(node)) throw new RangeError(`nothing here runs ${node.id}`)
    const unread = node.outputs.filter((name) => !lastReader.has(name) && !outputs.has(name))
    return {
      node,
      follower: followers.get(node.id) ?? null,
      lead: leads.get(node.id) ?? null,
      isStill: node.outputs.every((name) => still.has(name)),
      shows: shown.get(node.id) ?? null,
      frees: [...(freed.get(at) ?? []), ...unread],
    }
  })
  return { steps, outputs: graph.outputs }
}

/** Weights, constants, and what follows from them alone. */
function stillValues(graph: ModelGraph): ReadonlySet<ValueName> {
  const still = new Set<ValueName>([...graph.parameters.keys(), ...graph.constants.keys()])
  for (const { inputs, op, outputs } of liveNodes(graph))
    if (op !== 'noise' && inputs.every((name) => name === null || still.has(name)))
      for (const name of outputs) still.add(name)
  return still
}

/** The first that each call of a layer reads and that follows from what the graph is given, by the call's first node. */
export function readsOfLayers(graph: ModelGraph): ReadonlyMap<string, ValueName> {
  const still = stillValues(graph)
  const reads = new Map<string, ValueName>()
  let last: string | null = null
  for (const { id, inputs, layer, outputs } of liveNodes(graph)) {
    if (layer === last || outputs.every((name) => still.has(name))) continue
    last = layer
    const read = inputs.find((name) => name !== null && !still.has(name))
    if (read != null) reads.set(id, read)
  }
  return reads
}
