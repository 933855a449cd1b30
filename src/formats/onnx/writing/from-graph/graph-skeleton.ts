import type { TensorSpec } from '../../../../core/tensor-spec'
import { directWeights } from '../../../../graph/direct-weights'
import { foldConstants } from '../../../../graph/fold-constants'
import type { GraphInput, ModelGraph } from '../../../../graph/graph'
import { infer } from '../../../../graph/infer'
import { liveNodes } from '../../../../graph/live-nodes'
import type { GraphNode, NodeOf, OpName } from '../../../../graph/operators'
import { channelsFirst } from '../../../../graph/passes/one-layout'
import { portName } from '../../../../graph/port-name'
import type { Sides } from '../../../../graph/sides/side'
import { isRunnable } from '../../../../graph/unrunnable'
import { valueTypes } from '../../../../graph/value-types'
import type { Constant, DType, ValueName } from '../../../../graph/values'
import type { RefillableFile } from '../../../format'
import { NotWritable } from '../../../graph-writing/not-writable'
import type { WriteRefusal } from '../../../graph-writing/not-writable'
import { encodeModel, tensorMessage } from './encode-model'
import type { NamedNode, Port } from './encode-model'
import { OnnxWriter } from './onnx-writer'
import type { HeldWeight, Wire, WireType, WrittenNode } from './onnx-writer'
import { ValueNames } from './value-names'
import { wholes } from './written-attributes'
import { writers } from './writers'
import type { Write } from './writing'

export interface SkeletonSettings {
  /** Version of the operators. */
  readonly opset?: number
  /** Of the graph. */
  readonly name?: string
  readonly metadata?: ReadonlyMap<string, string>
  /** values: inputs and outputs are called as the graph calls their values, and not as their layers. */
  readonly ports?: 'layers' | 'values'
  /** Of inputs and outputs that are of another type than what is computed with. */
  readonly portTypes?: ReadonlyMap<ValueName, WireType>
}

/** The last version whose operators all runtimes of the last years know, and that has LayerNormalization. */
const OPSET = 17

/**
 * Writes a graph in operators of ONNX.
 * @param weights of the model, in the order of the file; those that nothing reads are kept
 * @returns a file with rooms for the numbers of all weights of real numbers, or why there is none
 */
export function graphSkeleton(
  graph: ModelGraph,
  weights: readonly TensorSpec[],
  settings: SkeletonSettings = {},
): RefillableFile | WriteRefusal {
  const writing = new GraphWriting(graph, weights, settings)
  try {
    return writing.written()
  } catch (error) {
    if (!(error instanceof NotWritable)) throw error
    return { refused: error.reason, layer: writing.layer }
  }
}

class GraphWriting {
  private readonly net: OnnxWriter
  private readonly names = new ValueNames()
  private readonly graph: ModelGraph
  private readonly sides: ReadonlyMap<ValueName, Sides>
  private readonly types: ReadonlyMap<ValueName, DType>
  private readonly weights: readonly RealSpec[]

  constructor(
    private readonly whole: ModelGraph,
    weights: readonly TensorSpec[],
    private readonly settings: SkeletonSettings,
  ) {
    // Axes, sides and truths say how a model computes: they stand in the file as such, wherever they lay.
    this.weights = weights.filter(isReal)
    this.net = new OnnxWriter(settings.opset ?? OPSET)
    this.graph = channelsFirst(directWeights(foldConstants(whole)))
    this.sides = infer(this.graph).sides
    this.types = valueTypes(this.graph)
  }

  /** Whose nodes are written. */
  get layer(): string {
    return this.net.layer
  }

  written(): RefillableFile {
    const { graph, net, names, settings } = this
    for (const spec of this.weights) this.weight(spec)
    const inputs = graph.inputs.map((given) => this.input(given))
    for (const [value, constant] of graph.constants) this.constant(value, constant)
    for (const node of liveNodes(graph)) this.node(node)
    const outputs = graph.outputs.map((value) => this.output(value))
    const nodes = net.nodes.map((node) => this.named(node))
    return encodeModel({
      opset: net.opset,
      name: names.next(settings.name ?? 'model'),
      nodes: [...this.heldNodes(), ...nodes],
      inputs,
      outputs,
      weights: this.weights.map(({ name, shape }) => ({ weight: name, shape })),
      metadata: settings.metadata ?? new Map<string, string>(),
    })
  }

  private weight({ dtype, name, shape }: RealSpec): void {
    const wire = this.net.weight(name, shape, dtype)
    this.names.give(wire, this.names.keep(name))
    this.net.bind(name, wire)
  }

  private portName(value: ValueName): string {
    return this.settings.ports === 'values' ? value : portName(this.whole, value)
  }

  private input({ dtype, shape, value }: GraphInput): Port {
    const { names, net } = this
    const name = names.next(this.portName(value))
    net.layer = name
    const sides = this.sides.get(value)
    // Nothing is written of what has not even a number of axes.
    if (shape === null || sides === undefined || dtype === 'string')
      throw new NotWritable('unknown')
    const own = this.settings.portTypes?.get(value) ?? dtype
    const wire = net.held('Input', null, { sides, dtype: own })
    names.give(wire, name)
    net.bind(value, net.cast(wire, dtype))
    return { name, sides, dtype: own }
  }

  /** One that lies among the weights is there already. */
  private constant(value: ValueName, { dtype, shape, values }: Constant): void {
    if (this.weights.some(({ name }) => name === value)) return
    if (values === null || dtype === 'string') return
    this.net.bind(value, this.net.constant(values, shape, dtype))
  }

  private node(node: GraphNode): void {
    const { names, net, sides } = this
    net.layer = node.layer
    if (!isRunnable(node)) throw new NotWritable('unknown')
    const given = node.outputs.map((value) => sides.get(value))
    const types = node.outputs.map((value) => this.types.get(value) ?? 'float32')
    const inputs = node.inputs.map((value) => (value === null ? null : net.wire(value)))
    const made = writerOf(node)({ net, node, inputs, given, types })
    const wires = Array.isArray(made) ? (made as readonly Wire[]) : [made as Wire]
    node.outputs.forEach((value, place) => {
      const wire = wires[place]
      if (wire === undefined) throw new NotWritable('unknown')
      const typed = net.cast(wire, types[place] ?? wire.dtype)
      if (isOperator(typed.node) && !names.has(typed) && !this.graph.outputs.includes(value))
        names.give(typed, names.next(value))
      net.bind(value, { ...typed, sides: given[place] ?? typed.sides })
    })
  }

  /** Under its own name; what is given already, or twice, is handed on by a node. */
  private output(value: ValueName): Port {
    const { names, net } = this
    net.layer = this.portName(value)
    const made = net.wire(value)
    const wire = net.cast(made, this.settings.portTypes?.get(value) ?? made.dtype)
    const isFree = isOperator(wire.node) && !names.has(wire)
    const own = isFree ? wire : net.one('Identity', [wire])
    const name = names.next(this.portName(value))
    names.give(own, name)
    return { name, sides: wire.sides, dtype: wire.dtype }
  }

  private named(node: WrittenNode): NamedNode {
    const { names } = this
    const outputs = Array.from({ length: node.outputs }, (_, output) =>
      names.of({ node, output, sides: [], dtype: 'float32' }),
    )
    const inputs = node.inputs.map((input) => (input === null ? '' : names.of(input)))
    const { attributes, op } = node
    return { name: names.next(`${node.layer}/${op}`), op, inputs, outputs, attributes }
  }

  /** What gives constants, and weights in another order than the model has them. */
  private heldNodes(): readonly NamedNode[] {
    const { names, net } = this
    const read = new Map<WrittenNode, Wire>()
    for (const { inputs } of net.nodes)
      for (const wire of inputs)
        if (wire !== null && wire.node.held !== null) read.set(wire.node, wire)
    return [...read.values()].flatMap((wire) => {
      const { held } = wire.node
      if (held?.kind === 'weight') return held.turned === null ? [] : this.turned(wire, held)
      if (held?.kind !== 'constant') return []
      const value = tensorMessage(held.shape, held.values, wire.dtype)
      const attributes = { value: [[5, value] as const, [20, 4] as const] }
      const outputs = [names.of(wire)]
      return [
        { name: names.next('constants/Constant'), op: 'Constant', inputs: [], outputs, attributes },
      ]
    })
  }

  private turned(wire: Wire, { turned, weight, shape }: HeldWeight): readonly NamedNode[] {
    const { names } = this
    if (turned === null) return []
    const { perm } = turned
    const ordered = perm.map((axis) => shape[axis] ?? 1)
    const isReshaped = ordered.join() !== turned.shape.join()
    const isTurned = perm.some((axis, at) => axis !== at)
    const nodes: NamedNode[] = []
    const add = (
      op: string,
      inputs: readonly string[],
      attributes: NamedNode['attributes'],
      output: string,
    ): string => {
      nodes.push({ name: names.next(`${weight}/${op}`), op, inputs, outputs: [output], attributes })
      return output
    }
    const last = names.of(wire)
    const before = isTurned
      ? add(
          'Transpose',
          [weight],
          { perm: wholes(perm) },
          isReshaped ? names.next(`${weight}/turned`) : last,
        )
      : weight
    if (isReshaped) {
      const value = tensorMessage([turned.shape.length], turned.shape, 'int64')
      const sides = names.next(`${weight}/sides`)
      add(
        'Constant',
        [],
        {
          value: [
            [5, value],
            [20, 4],
          ],
        },
        sides,
      )
      add('Reshape', [before, sides], {}, last)
    }
    return nodes
  }
}

type RealSpec = TensorSpec & { readonly dtype: 'float32' }

function isReal(spec: TensorSpec): spec is RealSpec {
  return spec.dtype === 'float32'
}

function isOperator({ op }: WrittenNode): boolean {
  return op !== 'Input' && op !== 'Weight' && op !== 'Constant'
}

function writerOf<Op extends Exclude<OpName, 'opaque'>>(node: NodeOf<Op>): Write<Op> {
  return writers[node.op]
}
