import type { ModelGraph } from '../graph/graph'
import { liveValues } from '../graph/live-nodes'
import type { GraphNode, NodeOf, OpName } from '../graph/operators'
import { readersOf } from '../graph/readers-of'
import type { ValueName } from '../graph/values'
import { heldWithin, isOneKernel, keepRules } from './kept-for-gradients'
import type { Carrier, Kept, MemoryStyle, Placed } from './kept-for-gradients'
import type { SampleSizes } from './sample-sizes'

/** Numbers that a pass holds for one sample. */
export interface PassLoad {
  /** At the worst moment of the way there and back. */
  readonly training: number
  /** At the worst moment of the way there alone. */
  readonly forward: number
  /** Of the largest tensor. */
  readonly largest: number
}

/** An operation of a pass. */
interface Step {
  readonly node: GraphNode
  readonly place: Placed
  /** Parameters apart. */
  readonly reads: readonly ValueName[]
  readonly writes: readonly ValueName[]
  /** A gradient may be asked of what it gives: something that learns is behind it. */
  readonly learnt: boolean
  /** What it gives is what it has read, in the same memory. */
  readonly hands: boolean
  /** The same where nothing is learnt: a ReLU that ends a layer is one operation with what it ends. */
  readonly handsForward: boolean
}

/**
 * What the passes of a model hold on the backend for one sample: what gradients keep until the way back has come
 * there, and what the operation at hand reads and writes, twice for the padding of convolutions.
 * @param learning names of the weights that learn; below the lowest of them nothing is kept. null: all
 */
export function passLoad(
  graph: ModelGraph,
  sizes: SampleSizes,
  style: MemoryStyle,
  carrier: Carrier,
  learning: ReadonlySet<ValueName> | null = null,
): PassLoad {
  const steps = stepsOf(graph, sizes, style, carrier, learning)
  const size = (values: readonly ValueName[]): number =>
    values.reduce((sum, value) => sum + (sizes.of.get(value) ?? 0), 0)
  const forward = forwardLoad(graph, steps, size)
  const training = trainingLoad(graph, steps, style === 'copying' ? 2 : 1, size)
  return {
    // What leads to the lowest layer that learns is a way there alone.
    training: learning === null ? training : Math.max(training, forward),
    forward,
    largest: Math.max(1, ...sizes.of.values()),
  }
}

/** Values that lie in the memory of another. */
class Rooms {
  private readonly others = new Map<ValueName, ValueName>()

  constructor(steps: readonly Step[], hands: (step: Step) => boolean) {
    for (const step of steps)
      if (hands(step))
        for (const value of step.writes) this.others.set(value, this.of(step.reads[0] ?? value))
  }

  of(value: ValueName): ValueName {
    return this.others.get(value) ?? value
  }
}

function stepsOf(
  graph: ModelGraph,
  sizes: SampleSizes,
  style: MemoryStyle,
  carrier: Carrier,
  learning: ReadonlySet<ValueName> | null,
): Step[] {
  const live = liveValues(graph)
  const nodes = graph.nodes.filter(({ outputs }) => outputs.some((value) => live.has(value)))
  const flowing = new Set([
    ...graph.inputs.map(({ value }) => value),
    ...nodes.flatMap(({ outputs }) => outputs),
  ])
  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]))
  const isAlone = ({ layer }: GraphNode): boolean => layers.get(layer)?.nodes.length === 1
  // A graph knows operators, and not whose they are.
  const isFree = (node: GraphNode): boolean => carrier === 'graph' || isAlone(node)
  const readers = readersOf(nodes)
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node])))
  const returned = new Set(graph.outputs)
  const joined = new Set<string>()
  const learnt = behind(nodes, learning)
  const isFrozen = (node: GraphNode): boolean =>
    learning !== null && !node.inputs.some((value) => value !== null && learning.has(value))
  return nodes.map((node) => {
    const reads = node.inputs
      .filter((value) => value !== null)
      .filter((value) => flowing.has(value))
    const [x = ''] = node.inputs
    const [y = ''] = node.outputs
    const where = {
      style,
      carrier,
      alone: isAlone(node),
      oneSided: reads.every((value) => !learnt.has(value)) || isFrozen(node),
      nested: layers.get(node.layer)?.nested === true,
      reads: reads.length,
      even: reads.every((value) => sizes.of.get(value) === sizes.of.get(y)),
      size: sizes.of.get(y) ?? 0,
      sides: sizes.sides.get(x ?? ''),
      ofSample: sizes.ofSample,
    }
    const isOne = isFree(node) && !returned.has(y) && isOneKernel(node, where)
    const relu = isOne ? readers.get(y) : []
    const [reader, ...others] = relu ?? []
    const withRelu = reader !== undefined && others.length === 0 && isFree(reader) && isRelu(reader)
    if (withRelu) joined.add(reader.id)
    const hands = handsOn.has(node.op) || joined.has(node.id)
    const ends = carrier === 'layers' && isRelu(node)
    const handsForward = hands || (ends && isOneInference(makers.get(x ?? ''), node))
    const place = { ...where, joined: withRelu }
    const isLearnt = node.outputs.some((value) => learnt.has(value))
    return { node, place, reads, writes: node.outputs, learnt: isLearnt, hands, handsForward }
  })
}

/** Values that depend on something that learns; where all does, those that are not given. */
function behind(
  nodes: readonly GraphNode[],
  learning: ReadonlySet<ValueName> | null,
): ReadonlySet<ValueName> {
  if (learning === null) return new Set(nodes.flatMap(({ outputs }) => outputs))
  const found = new Set(learning)
  for (const { inputs, outputs } of nodes)
    if (inputs.some((value) => value !== null && found.has(value)))
      for (const value of outputs) found.add(value)
  return found
}

/** The same numbers under another shape. */
const handsOn: ReadonlySet<OpName> = new Set<OpName>([
  ...(['identity', 'reshape', 'squeeze', 'unsqueeze'] as const),
])

/** Whether a layer computes what it ends with in one operation, where nothing is learnt. */
function isOneInference(maker: GraphNode | undefined, { layer }: GraphNode): boolean {
  if (maker?.layer !== layer) return false
  return maker.op === 'matMul' || (maker.op === 'conv' && maker.attributes.strides.length === 2)
}

function isRelu({ op, attributes }: GraphNode): boolean {
  return op === 'unary' && attributes.function === 'Relu'
}

type SizeOf = (values: readonly ValueName[]) => number

/** @param copies of everything that is kept */
function trainingLoad(
  { inputs }: ModelGraph,
  steps: readonly Step[],
  copies: number,
  size: SizeOf,
): number {
  const rooms = new Rooms(steps, ({ hands }) => hands)
  const keeps = steps.map(({ hands, learnt, node, place }) =>
    hands || !learnt ? null : keptBy(node, place),
  )
  const kept = new Set<ValueName>()
  steps.forEach(({ reads, writes }, at) => {
    if (keeps[at]?.inputs === true) for (const value of reads) kept.add(rooms.of(value))
    if (keeps[at]?.output === true) for (const value of writes) kept.add(value)
  })
  const own = (values: readonly ValueName[]): number =>
    copies * size(values.filter((value) => kept.has(value)))
  let held = own(inputs.map(({ value }) => value))
  let most = 0
  steps.forEach(({ hands, reads, writes }, at) => {
    if (hands) return
    held += own(writes) + (keeps[at]?.hidden ?? 0)
    most = Math.max(most, held + 2 * (size(reads) + size(writes)) + (keeps[at]?.passing ?? 0))
  })
  return most
}

function keptBy<Op extends OpName>(node: NodeOf<Op>, place: Placed): Kept {
  return keepRules[node.op](node, place)
}

/** What lies there at the worst moment, where a value goes once all have read it. */
function forwardLoad(
  { inputs, outputs }: ModelGraph,
  steps: readonly Step[],
  size: SizeOf,
): number {
  const rooms = new Rooms(steps, ({ handsForward }) => handsForward)
  const waiting = new Map<ValueName, number>()
  const wait = (value: ValueName): void => {
    waiting.set(rooms.of(value), (waiting.get(rooms.of(value)) ?? 0) + 1)
  }
  for (const value of outputs) wait(value)
  for (const { reads } of steps) for (const value of reads) wait(value)
  let live = size(inputs.map(({ value }) => value))
  let most = 0
  for (const { handsForward, node, place, reads, writes } of steps) {
    if (!handsForward) live += size(writes)
    // A padded copy of what is read, and one of what is written.
    most = Math.max(most, live + size(reads) + size(writes) + heldWithin(node, place))
    for (const value of reads) {
      const room = rooms.of(value)
      const left = (waiting.get(room) ?? 0) - 1
      waiting.set(room, left)
      if (left === 0) live -= size([room])
    }
    for (const value of writes) if (!waiting.has(rooms.of(value))) live -= size([value])
  }
  return most
}
