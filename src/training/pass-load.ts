import type { ModelGraph } from '../graph/graph'
import { liveValues } from '../graph/live-nodes'
import type { GraphNode, NodeOf, OpName } from '../graph/operators'
import { readersOf } from '../graph/readers-of'
import type { ValueName } from '../graph/values'
import { heldWithin, isOneKernel, keepRules } from './kept-for-gradients'
import type { Kept, MemoryStyle, Placed } from './kept-for-gradients'
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
  learning: ReadonlySet<ValueName> | null = null,
): PassLoad {
  const steps = stepsOf(graph, sizes, style, learning)
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

  constructor(steps: readonly Step[]) {
    for (const { hands, reads, writes } of steps)
      if (hands) for (const value of writes) this.others.set(value, this.of(reads[0] ?? value))
  }

  of(value: ValueName): ValueName {
    return this.others.get(value) ?? value
  }
}

function stepsOf(
  graph: ModelGraph,
  sizes: SampleSizes,
  style: MemoryStyle,
  learning: ReadonlySet<ValueName> | null,
): Step[] {
  const live = liveValues(graph)
  const nodes = graph.nodes.filter(({ outputs }) => outputs.some((value) => live.has(value)))
  const flowing = new Set([
    ...graph.inputs.map(({ value }) => value),
    ...nodes.flatMap(({ outputs }) => outputs),
  ])
  const readers = readersOf(nodes)
  const returned = new Set(graph.outputs)
  const joined = new Set<string>()
  const learnt = behind(nodes, learning)
  return nodes.map((node) => {
    const reads = node.inputs
      .filter((value) => value !== null)
      .filter((value) => flowing.has(value))
    const [x = ''] = node.inputs
    const [y = ''] = node.outputs
    const where = {
      style,
      reads: reads.length,
      even: reads.every((value) => sizes.of.get(value) === sizes.of.get(y)),
      size: sizes.of.get(y) ?? 0,
      sides: sizes.sides.get(x ?? ''),
      ofSample: sizes.ofSample,
    }
    const isOne = !returned.has(y) && isOneKernel(node, where)
    const relu = isOne ? readers.get(y) : []
    const [reader, ...others] = relu ?? []
    const withRelu = reader !== undefined && others.length === 0 && isRelu(reader)
    if (withRelu) joined.add(reader.id)
    const hands = handsOn.has(node.op) || joined.has(node.id)
    const place = { ...where, joined: withRelu }
    const isLearnt = node.outputs.some((value) => learnt.has(value))
    return { node, place, reads, writes: node.outputs, learnt: isLearnt, hands }
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
  const rooms = new Rooms(steps)
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
  const rooms = new Rooms(steps)
  const waiting = new Map<ValueName, number>()
  const wait = (value: ValueName): void => {
    waiting.set(rooms.of(value), (waiting.get(rooms.of(value)) ?? 0) + 1)
  }
  for (const value of outputs) wait(value)
  for (const { reads } of steps) for (const value of reads) wait(value)
  let live = size(inputs.map(({ value }) => value))
  let most = 0
  for (const { hands, node, place, reads, writes } of steps) {
    if (!hands) live += size(writes)
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
