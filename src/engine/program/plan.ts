import type { ModelGraph } from '../../graph/graph'
import { liveNodes } from '../../graph/live-nodes'
import type { ValueName } from '../../graph/values'
import type { Follower } from './kernels/kernel'
import { isRunnable } from './unrunnable'
import type { RunnableNode } from './unrunnable'

/** One operator in the order in which they run. */
export interface Step {
  readonly node: RunnableNode
  readonly follower: Follower | null
  /** Reads weights and constants alone: it gives the same for every batch. */
  readonly isStill: boolean
  /** The first of its inputs that is neither weight nor constant; null: all are. */
  readonly reads: ValueName | null
  /** What nobody reads any more once it is done. */
  readonly frees: readonly ValueName[]
}

export interface Plan {
  readonly steps: readonly Step[]
  readonly outputs: readonly ValueName[]
}

/** Made once for a graph. @throws RangeError at a node that nothing here runs */
export function planOf(
  graph: ModelGraph,
  followers: ReadonlyMap<string, Follower> = new Map(),
): Plan {
  const nodes = liveNodes(graph)
  const lastReader = new Map<ValueName, number>()
  for (const [at, { inputs }] of nodes.entries())
    for (const name of inputs) if (name !== null) lastReader.set(name, at)
  for (const name of graph.outputs) lastReader.delete(name)
  const freed = new Map<number, ValueName[]>()
  for (const [name, at] of lastReader) freed.set(at, [...(freed.get(at) ?? []), name])
  const still = new Set<ValueName>([...graph.parameters.keys(), ...graph.constants.keys()])
  const outputs = new Set(graph.outputs)
  const steps = nodes.map((node, at): Step => {
    if (!isRunnable(node)) throw new RangeError(`nothing here runs ${node.id}`)
    const reads = node.inputs.find((name) => name !== null && !still.has(name)) ?? null
    const isStill = node.op !== 'noise' && reads === null
    if (isStill) for (const name of node.outputs) still.add(name)
    const unread = node.outputs.filter((name) => !lastReader.has(name) && !outputs.has(name))
    return {
      node,
      follower: followers.get(node.id) ?? null,
      isStill,
      reads,
      frees: [...(freed.get(at) ?? []), ...unread],
    }
  })
  return { steps, outputs: graph.outputs }
}
