import { sizeFacts, withSizes } from './folded-sizes'
import type { GraphLayer, ModelGraph } from './graph'
import { infer } from './infer'
import type { Inferred } from './infer'
import { allKnown } from './numbers/known-numbers'
import type { GraphNode } from './operators'
import type { Constant, ValueName } from './values'

/**
 * Does the arithmetic of shapes before a graph runs: whole numbers that are the same for all samples become constants,
 * and sizes that a graph computes become attributes, also where some sides are open. Nodes and constants that nobody
 * reads any more go; what nobody has ever read stays, as do outputs, weights, and the rows of layers.
 */
export function foldConstants(graph: ModelGraph): ModelGraph {
  const inferred = infer(graph)
  const names = graph.inputs.map(({ value }) => value)
  const facts = sizeFacts(inferred, names)
  const outputs = new Set(graph.outputs)
  const folded = new Map<ValueName, Constant>()
  const left = graph.nodes.flatMap((node) => {
    const isOutput = node.outputs.some((name) => outputs.has(name))
    const known = isOutput ? null : constantsOf(node, inferred)
    for (const [name, constant] of known ?? []) folded.set(name, constant)
    return known === null ? [withSizes(node, facts)] : []
  })
  const before = readValues(graph.nodes)
  const { nodes, read } = stillRead(left, before, outputs)
  const weights = new Set(graph.layers.flatMap(({ parameters }) => parameters))
  const isLeft = ([name]: readonly [ValueName, Constant]): boolean =>
    read.has(name) || !before.has(name) || weights.has(name)
  const constants = new Map([...graph.constants, ...folded].filter(isLeft))
  return { ...graph, nodes, constants, layers: rowsOf(graph, nodes, constants) }
}

/** What a node gives, where all of it is whole numbers that are known. */
function constantsOf(
  { outputs }: GraphNode,
  { numbers }: Inferred,
): ReadonlyMap<ValueName, Constant> | null {
  const constants = new Map<ValueName, Constant>()
  for (const name of outputs) {
    const known = numbers.get(name)
    const values = allKnown(known?.values)
    // Kernels of one backend may round fractions otherwise than those of another.
    if (known === undefined || values === null || known.dtype === 'float32') return null
    constants.set(name, { shape: known.shape, dtype: known.dtype, values })
  }
  return constants.size > 0 ? constants : null
}

function readValues(nodes: readonly GraphNode[]): ReadonlySet<ValueName> {
  return new Set(nodes.flatMap(({ inputs }) => inputs.filter((name) => name !== null)))
}

/** From the last node to the first: one stays that gives something to another, or never did. */
function stillRead(
  nodes: readonly GraphNode[],
  before: ReadonlySet<ValueName>,
  outputs: ReadonlySet<ValueName>,
): { readonly nodes: readonly GraphNode[]; readonly read: ReadonlySet<ValueName> } {
  const read = new Set(outputs)
  const kept: GraphNode[] = []
  for (const node of nodes.toReversed()) {
    const wasRead = node.outputs.some((name) => before.has(name))
    if (wasRead && !node.outputs.some((name) => read.has(name))) continue
    kept.push(node)
    for (const name of node.inputs) if (name !== null) read.add(name)
  }
  return { nodes: kept.toReversed(), read }
}

/** The same rows, without what is gone. */
function rowsOf(
  { layers, nodes: all }: ModelGraph,
  nodes: readonly GraphNode[],
  constants: ModelGraph['constants'],
): readonly GraphLayer[] {
  const ids = new Set(nodes.map(({ id }) => id))
  const gone = all.filter(({ id }) => !ids.has(id))
  const values = gone.flatMap(({ outputs }) => outputs).filter((name) => !constants.has(name))
  const unmade = new Set(values)
  return layers.map((layer) => ({
    ...layer,
    nodes: layer.nodes.filter((id) => ids.has(id)),
    outputs: layer.outputs.filter((name) => !unmade.has(name)),
  }))
}
