import { numberType } from '../../../core/tensor-spec'
import type { TensorSpec } from '../../../core/tensor-spec'
import { directWeights } from '../../../graph/direct-weights'
import { foldConstants } from '../../../graph/fold-constants'
import type { ModelGraph } from '../../../graph/graph'
import { infer } from '../../../graph/infer'
import { liveNodes } from '../../../graph/live-nodes'
import type { GraphNode, NodeOf, OpName } from '../../../graph/operators'
import { channelsLast } from '../../../graph/passes/one-layout'
import { kernelsInOrder } from '../../../graph/passes/kernels-in-order'
import { portName } from '../../../graph/port-name'
import { isRunnable } from '../../../graph/unrunnable'
import type { Sides } from '../../../graph/sides/side'
import { valueTypes } from '../../../graph/value-types'
import type { Constant, DType, ValueName } from '../../../graph/values'
import { NotWritable } from '../../graph-writing/not-writable'
import type { WriteRefusal } from '../../graph-writing/not-writable'
import { FileNames } from './file-names'
import { GraphWriter } from './graph-writer'
import type { Wire } from './graph-writer'
import { namedNodes } from './named-nodes'
import { truths } from './write-combining'
import { tensorShape, type, typeName } from './written-attributes'
import { writers } from './writers'
import type { Write } from './writing'

/** A tensor that the graph needs beside the weights. */
export interface AddedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
}

/** A graph as stock TensorFlow.js loads it. */
export interface WrittenGraph {
  readonly topology: object
  readonly signature: object
  /** What weights are called there, one for each. */
  readonly weightNames: readonly string[]
  readonly added: readonly AddedTensor[]
}

/**
 * Writes a graph in operators of TensorFlow.
 * @param weights of the model, in the order of the file; those that nothing reads are kept
 */
export function writeGraph(
  graph: ModelGraph,
  weights: readonly TensorSpec[],
): WrittenGraph | WriteRefusal {
  const writing = new GraphWriting(graph, weights)
  try {
    return writing.written()
  } catch (error) {
    if (!(error instanceof NotWritable)) throw error
    return { refused: error.reason, layer: writing.layer }
  }
}

class GraphWriting {
  private readonly net = new GraphWriter()
  private readonly names = new FileNames()
  /** Of outputs, which may be called as the layer that gives them. */
  private readonly keys = new FileNames()
  private readonly graph: ModelGraph
  private readonly sides: ReadonlyMap<ValueName, Sides>
  private readonly types: ReadonlyMap<ValueName, DType>

  constructor(
    private readonly whole: ModelGraph,
    private readonly weights: readonly TensorSpec[],
  ) {
    this.graph = channelsLast(kernelsInOrder(directWeights(foldConstants(whole))))
    this.sides = infer(this.graph).sides
    this.types = valueTypes(this.graph)
  }

  /** Whose nodes are written. */
  get layer(): string {
    return this.net.layer
  }

  written(): WrittenGraph {
    const { graph, names, net } = this
    const weightNames = this.weights.map((spec) => this.weight(spec))
    const inputs = graph.inputs.map((given) => this.input(given))
    for (const [value, constant] of graph.constants) this.constant(value, constant)
    for (const node of liveNodes(graph)) this.node(node)
    const outputs = graph.outputs.map((value) => this.output(value))
    const named = namedNodes(net.nodes, names)
    const nameOf = ({ node, output }: Wire): string => {
      const name = named.get(node) ?? ''
      return output === 0 ? name : `${name}:${output}`
    }
    const node = net.nodes.map((each) => ({
      name: named.get(each),
      op: each.op,
      ...(each.inputs.length === 0 ? {} : { input: each.inputs.map(nameOf) }),
      attr: each.attributes,
    }))
    return {
      topology: { node, library: {}, versions: VERSIONS },
      signature: { inputs: portsOf(inputs, nameOf), outputs: portsOf(outputs, nameOf) },
      weightNames,
      added: net.constants.map((each) => ({
        name: named.get(each.node) ?? '',
        shape: each.shape,
        values: each.values,
      })),
    }
  }

  private weight(spec: TensorSpec): string {
    const name = this.names.next(spec.name)
    const wire = this.net.constantNode(name, spec.shape, numberType(spec))
    this.net.bind(spec.name, wire)
    return name
  }

  private input({ dtype, shape, value }: ModelGraph['inputs'][number]): Port {
    const { net } = this
    const name = this.names.next(portName(this.whole, value))
    net.layer = name
    const sides = this.sides.get(value)
    // Nothing is written of what has not even a number of axes.
    if (shape === null || sides === undefined) throw new NotWritable('unknown')
    const attributes = {
      dtype: type(dtype),
      shape: { shape: tensorShape(shape.map((side) => side ?? -1)) },
    }
    const wire = net.named(name, 'Placeholder', [], attributes, { sides, dtype })
    net.bind(value, wire)
    return { key: name, wire }
  }

  /** One that lies among the weights is there already. */
  private constant(value: ValueName, { dtype, shape, values }: Constant): void {
    if (this.weights.some(({ name }) => name === value)) return
    if (values === null || dtype === 'string') return
    const { net } = this
    net.bind(
      value,
      dtype === 'float32'
        ? net.reals(values, shape)
        : dtype === 'int32'
          ? net.wholes(values, shape)
          : truths(net, net.wholes(values, shape)),
    )
  }

  private node(node: GraphNode): void {
    const { net, sides } = this
    net.layer = node.layer
    if (!isRunnable(node)) throw new NotWritable('unknown')
    const given = node.outputs.map((value) => sides.get(value))
    const inputs = node.inputs.map((value) => (value === null ? null : net.wire(value)))
    const made = writerOf(node)({ net, node, inputs, given })
    const wires = Array.isArray(made) ? (made as readonly Wire[]) : [made as Wire]
    node.outputs.forEach((value, place) => {
      const wire = wires[place]
      if (wire === undefined) throw new NotWritable('unknown')
      net.bind(value, {
        ...wire,
        sides: given[place] ?? wire.sides,
        dtype: this.types.get(value) ?? wire.dtype,
      })
    })
  }

  /** A node of its own, so that one value may be two outputs, and each has a name. */
  private output(value: ValueName): Port {
    const { net } = this
    const key = this.keys.next(portName(this.whole, value))
    const wire = net.wire(value)
    const attributes = { T: type(wire.dtype) }
    const name = this.names.next(`${key}/output`)
    return { key, wire: net.named(name, 'Identity', [wire], attributes, wire) }
  }
}

/** Of TensorFlow 2.16, whose operators these are. */
const VERSIONS = { producer: 1882, minConsumer: 12 }

interface Port {
  readonly key: string
  readonly wire: Wire
}

/** In their order: keys are no whole numbers. */
function portsOf(ports: readonly Port[], nameOf: (wire: Wire) => string): object {
  return Object.fromEntries(
    ports.map(({ key, wire }) => [
      key,
      {
        name: `${nameOf(wire)}:0`,
        dtype: typeName(wire.dtype),
        tensorShape: tensorShape(wire.sides.map((side) => (typeof side === 'number' ? side : -1))),
      },
    ]),
  )
}

function writerOf<Op extends Exclude<OpName, 'opaque'>>(node: NodeOf<Op>): Write<Op> {
  return writers[node.op]
}
