import { freshNames } from '../fresh-names'
import type { ModelGraph } from '../graph'
import { Inference } from '../infer'
import { liveNodes } from '../live-nodes'
import type { GraphNode } from '../operators'
import { BATCH, isOpen, isSame, openSide, product } from '../sides/side'
import type { Side } from '../sides/side'
import type { ValueName } from '../values'
import type { BatchAxis, BatchFacts } from './batch-rule'
import { batchOf } from './batch-rules'

/**
 * The same graph for any number of samples, where it was made for one alone and nothing in it depends on that: no two
 * samples ever meet, and each output has one row for each of them.
 * @returns null where it takes more than one already, or where that is not sure
 */
export function freeBatch(graph: ModelGraph): ModelGraph | null {
  const [first] = graph.inputs
  const isOne = graph.inputs.every(({ shape }) => shape?.[0] === 1)
  if (first === undefined || graph.outputs.length === 0 || !isOne) return null
  const inputs = graph.inputs.map((input) => ({
    ...input,
    shape: input.shape?.with(0, null) ?? null,
  }))
  const facts = new Inference()
  for (const [name, { shape }] of graph.parameters) facts.addSides(name, shape)
  for (const [name, constant] of graph.constants) facts.addConstant(name, constant)
  for (const input of inputs) facts.addInput(input)
  const axes = new Map<ValueName, BatchAxis>(inputs.map(({ value }) => [value, 0]))
  const fresh = freshNames(graph)
  const live = new Set(liveNodes(graph))
  const nodes: GraphNode[] = []
  for (const node of graph.nodes) {
    // What nothing depends on is no part of what it says.
    if (!live.has(node)) continue
    const made = freed(node, { axes, facts, fresh, like: first.value })
    if (made === null) return null
    nodes.push(...made)
  }
  const isFree = graph.outputs.every(
    (name) => axes.get(name) === 0 && isSame(facts.sides.get(name)?.[0], openSide(BATCH)),
  )
  return isFree ? { ...graph, inputs, nodes, layers: layersOf(graph, nodes) } : null
}

interface SoFar {
  readonly axes: Map<ValueName, BatchAxis>
  readonly facts: Inference
  readonly fresh: (base: ValueName) => ValueName
  readonly like: ValueName
}

/** A node for any number of samples, behind those that it needs for that; null where samples meet in it. */
function freed(node: GraphNode, { axes, facts, fresh, like }: SoFar): readonly GraphNode[] | null {
  const inputs: BatchFacts['inputs'][number][] = []
  for (const name of node.inputs) {
    const sides = name === null ? [] : facts.sides.get(name)
    if (sides === undefined) return null
    inputs.push(name === null ? undefined : { sides, axis: axes.get(name) ?? null })
  }
  if (inputs.every((input) => (input?.axis ?? null) === null)) {
    facts.addNode(node)
    return [node]
  }
  const answer = batchOf(node, { inputs, like })
  if (answer === null) return null
  const spread = (answer.spread ?? []).map((place) => ({
    place,
    node: spreadOut(node, place, inputs[place]?.sides.length ?? 0, { fresh, like }),
  }))
  const own = {
    ...node,
    attributes: answer.attributes ?? node.attributes,
    inputs: node.inputs.map(
      (name, at) => spread.find(({ place }) => place === at)?.node.outputs[0] ?? name,
    ),
  } as GraphNode
  for (const each of [...spread.map((one) => one.node), own]) facts.addNode(each)
  for (const name of own.outputs) {
    const side = facts.sides.get(name)?.[answer.axis ?? -1]
    // As many as there are samples, and so many times more where they lie one behind the other.
    if (side === undefined || !isHeld(side)) return null
    axes.set(name, answer.axis)
  }
  if (own.op === 'reshape' && !isWhole(own, facts)) return null
  return [...spread.map((one) => one.node), own]
}

function isHeld(side: Side): boolean {
  return isOpen(side) && side.names.join() === BATCH
}

/** As many places behind as before. */
function isWhole({ inputs: [x], outputs: [y] }: GraphNode, { sides }: Inference): boolean {
  return isSame(product(sides.get(y ?? '')), product(sides.get(x ?? '')))
}

/** The same for each sample, as often as there are some. */
function spreadOut(
  node: GraphNode,
  place: number,
  rank: number,
  { fresh, like }: Pick<SoFar, 'fresh' | 'like'>,
): GraphNode {
  const name = fresh(node.inputs[place] ?? node.id)
  const to = Array.from({ length: rank }, (_, axis) => (axis === 0 ? 0 : 1))
  return {
    ...{ id: name, layer: node.layer, op: 'expand' },
    ...{ attributes: { to }, inputs: [node.inputs[place] ?? null, null, like], outputs: [name] },
  }
}

function layersOf(
  { layers, nodes: before }: ModelGraph,
  nodes: readonly GraphNode[],
): ModelGraph['layers'] {
  const known = new Set(before.map(({ id }) => id))
  const left = new Set(nodes.map(({ id }) => id))
  const added = nodes.filter(({ id }) => !known.has(id))
  return layers.map((layer) => ({
    ...layer,
    nodes: [
      ...added.filter(({ layer: own }) => own === layer.name).map(({ id }) => id),
      ...layer.nodes.filter((id) => left.has(id)),
    ],
  }))
}
