import type { GraphLayer, ModelGraph } from '../../../graph/graph'
import type { GraphNode } from '../../../graph/operators'
import type { Constant, ValueName } from '../../../graph/values'
import { numberType } from '../../../core/tensor-spec'
import type { TensorSpec } from '../../../core/tensor-spec'
import type { JsonObject } from '../../../files/read-json'
import type { OpenedLayer, OpenedWeight } from '../../format'
import { portsOf } from '../graph-ports'
import { Lowering } from './lowering'
import type { KnownValues } from './lowering'
import { NoMeaning } from './node-attributes'
import { loweringOf } from '../operators'
import type { FileNode, NodeOutput } from '../file-node'
import type { ParsedGraph } from '../parse-graph'
import { UniqueNames } from './unique-names'

export interface GraphFile {
  readonly graph: ParsedGraph
  readonly signature: JsonObject | null
  /** Of all weights, by name. */
  readonly specs: ReadonlyMap<string, TensorSpec>
  /** What the page shows as rows. */
  readonly layers: readonly OpenedLayer[]
  /** Elements of weights by name, row by row: see `told`. */
  readonly values: ReadonlyMap<string, readonly number[]>
}

/** Axes, shapes and paddings are shorter. */
const MOST_ELEMENTS = 1024

/** Elements of weights that may be more than weights: few whole numbers, and single ones. */
export function told(weights: readonly OpenedWeight[]): ReadonlyMap<string, readonly number[]> {
  return new Map(
    weights
      .filter(
        ({ spec: { dtype }, values }) =>
          values.length === 1 || (dtype !== 'float32' && values.length <= MOST_ELEMENTS),
      )
      .map(({ spec, values }) => [spec.name, [...values]]),
  )
}

/**
 * Writes a graph of TensorFlow in operators of `src/graph`. What a file fuses becomes several nodes of one layer; what
 * has no exact meaning stays opaque; where loops forbid an order there are no nodes.
 */
export function lowerGraph(file: GraphFile): ModelGraph {
  const { graph, layers, signature, specs } = file
  const ports = portsOf(graph.listed, signature)
  const work = new GraphLowering(
    file,
    ports.inputs.map(({ value }) => value),
  )
  const nodes =
    graph.notRunnable?.code === 'open/graph-control-flow' ? [] : work.lowered(ports.outputs)
  const parameters = new Map([...specs].filter(([, spec]) => !isConstant(spec)))
  return {
    inputs: ports.inputs,
    outputs: ports.outputs.flatMap((output) => work.valueOf(output) ?? []),
    nodes,
    layers: layersOf(layers, nodes, work),
    parameters,
    constants: new Map([...constantsOf(file), ...work.made]),
  }
}

/** Single numbers that nothing is trained or compressed of, and everything that is not real. */
function isConstant({ dtype, role, shape }: TensorSpec): boolean {
  return dtype !== 'float32' || (shape.length === 0 && role === 'other')
}

function constantsOf({ specs, values }: GraphFile): [ValueName, Constant][] {
  return [...specs]
    .filter(([, spec]) => isConstant(spec))
    .map(([name, spec]) => {
      const { shape } = spec
      return [name, { shape, dtype: numberType(spec), values: values.get(name) ?? null }]
    })
}

function layersOf(
  layers: readonly OpenedLayer[],
  nodes: readonly GraphNode[],
  work: GraphLowering,
): GraphLayer[] {
  const own = new Map<string, string[]>()
  for (const { id, layer } of nodes) {
    const known = own.get(layer)
    if (known === undefined) own.set(layer, [id])
    else known.push(id)
  }
  return layers.map(({ className, kind, name, weightNames }) => ({
    name,
    className,
    kind,
    parameters: weightNames,
    nodes: own.get(name) ?? [],
    outputs: own.has(name) ? work.valuesOf(name) : [],
    nested: false,
  }))
}

class GraphLowering {
  readonly made = new Map<ValueName, Constant>()
  /** What each node of the file gives, by its name. */
  private readonly given = new Map<string, readonly ValueName[]>()
  private readonly names: UniqueNames
  private readonly known: KnownValues

  constructor(
    private readonly file: GraphFile,
    private readonly inputs: readonly string[],
  ) {
    const { graph, specs, values } = file
    this.names = new UniqueNames(graph.listed.map(({ name }) => name))
    this.known = {
      shapes: new Map([...specs].map(([name, { shape }]) => [name, shape])),
      elements: new Map(values),
      reshaped: new Map(),
      made: this.made,
    }
    for (const name of [...specs.keys(), ...inputs]) this.given.set(name, [name])
  }

  valuesOf(node: string): readonly ValueName[] {
    return this.given.get(node) ?? []
  }

  valueOf({ node, output }: NodeOutput): ValueName | null {
    return this.given.get(node)?.[output] ?? null
  }

  lowered(outputs: readonly NodeOutput[]): GraphNode[] {
    const { nodes } = this.file.graph
    const wanted = new Map<string, number>()
    for (const { node, output } of [...nodes.flatMap((node) => node.inputs), ...outputs])
      wanted.set(node, Math.max(wanted.get(node) ?? 1, output + 1))
    return nodes.flatMap((node) => {
      if (this.given.has(node.name)) return []
      // It says when, and gives nothing that anybody reads.
      if (node.op === 'NoOp' && !wanted.has(node.name)) return []
      return this.node(node, wanted.get(node.name) ?? 1)
    })
  }

  private node(node: FileNode, wanted: number): readonly GraphNode[] {
    const inputs = node.inputs.map((input) => this.valueOf(input))
    const lower = loweringOf(node.op)
    try {
      if (lower === null) throw new NoMeaning(node.op)
      const lowering = new Lowering(node, inputs, this.names, this.known)
      const results = lower(lowering)
      if (results.length < wanted || results.length > this.names.left)
        throw new NoMeaning('outputs')
      return lowering.finished(results, this.give(node, results.length))
    } catch (error) {
      if (!(error instanceof NoMeaning)) throw error
      return [this.opaque(node, inputs, wanted)]
    }
  }

  /** Names what a node gives: the first value as the node, `node:1` the next. */
  private give(node: FileNode, count: number): readonly ValueName[] {
    const more = Array.from({ length: count - 1 }, (_, index) =>
      this.names.next(`${node.name}:${index + 1}`),
    )
    const values = [node.name, ...more]
    this.given.set(node.name, values)
    return values
  }

  /** Gives as many values as are read of it; a file that reads more than any graph has is cut short. */
  private opaque(node: FileNode, inputs: readonly (ValueName | null)[], wanted: number): GraphNode {
    const outputs = this.give(node, wanted <= this.names.left ? wanted : 1)
    return {
      id: node.name,
      layer: node.name,
      op: 'opaque',
      attributes: { config: node.attributes, outputs: outputs.length },
      inputs,
      outputs,
    }
  }
}
