import { directWeights } from '../../graph/direct-weights'
import { foldConstants } from '../../graph/fold-constants'
import type { ModelGraph } from '../../graph/graph'
import { kernelsInOrder } from '../../graph/passes/kernels-in-order'
import { channelsLast } from '../../graph/passes/one-layout'
import type { GraphNode } from '../../graph/operators'
import { valueTypes } from '../../graph/value-types'
import type { ValueName } from '../../graph/values'
import { Ground, NoStep, sizeOf } from './ground'
import { isStillNode } from './still-weights'
import type { Step } from './step'
import { stepsOf } from './steps-of'

/** Memory that holds a value for as long as somebody reads it. */
export interface Value {
  readonly name: ValueName
  /** Floats of one sample. */
  readonly size: number
}

export interface Port extends Value {
  /** Without the batch. */
  readonly sides: readonly number[]
}

/** A graph as kernels that run one after the other. */
export interface InferencePlan {
  readonly steps: readonly Step[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Of inputs, and of what each step gives. */
  readonly values: ReadonlyMap<ValueName, number>
  /** Nodes that make other weights of weights, in their order. */
  readonly still: readonly GraphNode[]
  /** Of what these nodes make. */
  readonly shapes: ReadonlyMap<ValueName, readonly number[]>
  readonly graph: ModelGraph
}

/** Why a graph has no plan. */
export interface Obstacle {
  readonly layer: string
  readonly reason: string
}

/** Made once for a graph, or not at all: nothing runs half way. */
export function planOf(opened: ModelGraph): InferencePlan | Obstacle {
  try {
    return planned(channelsLast(kernelsInOrder(directWeights(foldConstants(opened)))))
  } catch (error) {
    if (error instanceof NoStep) return { layer: error.layer, reason: error.message }
    throw error
  }
}

function planned(graph: ModelGraph): InferencePlan {
  const types = valueTypes(graph)
  for (const { dtype, shape, value } of graph.inputs) {
    const isCast = dtype === 'int32' && areReal(graph, value)
    if (dtype !== 'float32' && !isCast) throw new NoStep(value, `${dtype} is given`)
    if (shape === null || shape[0] !== null) throw new NoStep(value, 'a batch that is fixed')
  }
  const ground = new Ground(graph)
  const done = new Set<GraphNode>()
  const steps: Step[] = []
  const still: GraphNode[] = []
  const shapes = new Map<ValueName, readonly number[]>()
  for (const node of ground.nodes) {
    if (done.has(node)) continue
    if (node.outputs.every((name) => ground.still.has(name))) {
      if (!isStillNode(node)) throw new NoStep(node.layer, `${node.op} of weights`)
      still.push(node)
      for (const name of node.outputs) shapes.set(name, ground.stillShape(name, node.layer))
      continue
    }
    if (node.outputs.some((name) => (types.get(name) ?? 'float32') !== 'float32'))
      throw new NoStep(node.layer, 'numbers that are no floats')
    const made = stepsOf(node, ground)
    steps.push(...made.steps)
    for (const each of made.done) done.add(each)
    ground.make(made.out)
  }
  const portOf = (name: ValueName): Port => {
    if (ground.still.has(name)) throw new NoStep(name, 'an output that nothing changes')
    const sides = ground.sidesOf(name, name)
    return { name: ground.rootOf(name), sides, size: sizeOf(sides) }
  }
  const inputs = graph.inputs.map(({ value }) => portOf(value))
  const values = new Map(inputs.map(({ name, size }) => [name, size]))
  for (const step of steps) values.set(step.out, sizeOfStep(step))
  return { steps, inputs, outputs: graph.outputs.map(portOf), values, still, shapes, graph }
}

/** Whether whole numbers that are given become real ones for all who read them, as they do in the memory of the pass. */
function areReal({ nodes, outputs }: ModelGraph, value: ValueName): boolean {
  const readers = nodes.filter(({ inputs }) => inputs.includes(value))
  const isCast = ({ op, attributes }: GraphNode): boolean =>
    op === 'cast' && 'to' in attributes && attributes.to === 'float32'
  return !outputs.includes(value) && readers.every(isCast)
}

function sizeOfStep(step: Step): number {
  switch (step.kind) {
    case 'product':
      return step.images * step.windows.out.height * step.windows.out.width * step.filters
    case 'spread':
      return step.images * step.made.height * step.made.width * step.filters
    case 'depthwise':
    case 'pool':
      return step.images * step.windows.out.height * step.windows.out.width * step.channels
    case 'scale':
    case 'bend':
    case 'weigh':
      return step.rows * step.channels
    case 'combine':
    case 'function':
      return step.size
    case 'softmax':
      return step.rows * step.columns
    case 'concat':
      return step.rows * step.parts.reduce((sum, { length }) => sum + length, 0)
    case 'turn':
      return sizeOf(step.sides)
    case 'pad':
      return step.padded.height * step.padded.width * step.channels
  }
}
