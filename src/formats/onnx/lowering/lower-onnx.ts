import type { TensorSpec } from '../../../core/tensor-spec'
import type { GraphInput, GraphLayer, ModelGraph } from '../../../graph/graph'
import { Inference } from '../../../graph/infer'
import type { GraphNode } from '../../../graph/operators'
import type { Constant, ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { UniqueNames } from '../../tfjs-graph/lowering/unique-names'
import type { OpenedLayer } from '../../format'
import type { OnnxAttribute, OnnxNode, OnnxType } from '../onnx-model'
import { ElementTypes } from './element-types'
import { valueOf } from './node-reader'
import type { TurnedWeight } from './node-reader'
import { OnnxLowering } from './onnx-lowering'
import { filled } from './shapes'
import { loweringOf } from './table'

export interface OnnxFile {
  /** With names of their own, each behind all that it reads. */
  readonly nodes: readonly OnnxNode[]
  readonly inputs: readonly GraphInput[]
  readonly outputs: readonly ValueName[]
  readonly parameters: ReadonlyMap<ValueName, TensorSpec>
  readonly constants: ReadonlyMap<ValueName, Constant>
  /** Weights of types that nothing here computes with. */
  readonly unread: ReadonlySet<ValueName>
  /** What the page shows as rows. */
  readonly layers: readonly OpenedLayer[]
  /** Of inputs and tensors, as the file means them. */
  readonly types: ReadonlyMap<ValueName, OnnxType>
  /** Version of the operators of ONNX itself. */
  readonly version: number
  /** The one number of a tensor in an attribute, by node. */
  readonly numbers: ReadonlyMap<OnnxNode, { readonly number: number; readonly type: OnnxType }>
}

/** Writes a graph of ONNX in operators of `src/graph`; what has no exact meaning stays opaque. */
export function lowerOnnx(file: OnnxFile): ModelGraph {
  const { inputs, outputs, parameters, constants, nodes } = file
  const facts = new Inference()
  for (const [name, { shape }] of parameters) facts.addSides(name, shape)
  for (const [name, constant] of constants) facts.addConstant(name, constant)
  for (const input of inputs) facts.addInput(input)
  const taken = [
    ...nodes.flatMap((node) => node.outputs),
    ...parameters.keys(),
    ...constants.keys(),
  ]
  const soFar = {
    facts,
    names: new UniqueNames([...taken, ...inputs.map(({ value }) => value)]),
    made: new Map<ValueName, Constant>(),
    turned: new Map<ValueName, TurnedWeight>(),
    types: new ElementTypes(new Map(file.types)),
    ...{ constants, parameters, outputs: new Set(outputs) },
  }
  const lowered = nodes.flatMap((node) => {
    const lowering = new OnnxLowering(node, file.version, soFar)
    soFar.types.addNode(node)
    try {
      const unread = node.inputs.find((name) => file.unread.has(name))
      if (unread !== undefined) throw new NoMeaning('type', file.types.get(unread) ?? '')
      if (node.op === 'Constant') said(node, lowering)
      else if (node.op === 'ConstantOfShape') filled(lowering, file.numbers.get(node) ?? null)
      else lower(node, lowering)
      return lowering.finish()
    } catch (error) {
      if (!(error instanceof NoMeaning)) throw error
      return opaque(node, soFar.names, error)
    }
  })
  const left = withoutTurns(lowered, soFar.turned, outputs)
  const given = new Set([
    ...taken,
    ...inputs.map(({ value }) => value),
    ...left.flatMap((node) => node.outputs),
  ])
  return {
    inputs,
    outputs: outputs.filter((name) => given.has(name)),
    nodes: left,
    layers: rowsOf(file.layers, left, nodes),
    parameters,
    constants: new Map([...constants, ...soFar.made]),
  }
}

/** Turned weights that all their readers read as they lie are nobody's any more. */
function withoutTurns(
  nodes: readonly GraphNode[],
  turned: ReadonlyMap<ValueName, TurnedWeight>,
  outputs: readonly ValueName[],
): readonly GraphNode[] {
  const read = new Set([...outputs, ...nodes.flatMap(({ inputs }) => inputs)])
  const isGone = ({ op, outputs: [name = ''] }: GraphNode): boolean =>
    op === 'transpose' && turned.has(name) && !read.has(name)
  return nodes.filter((node) => !isGone(node))
}

/** A constant whose numbers are in an attribute of their own. */
function said({ attributes }: OnnxNode, lowering: OnnxLowering): void {
  for (const [name, { kind, value }] of [...attributes].map(numbersIn)) {
    if (value === null) continue
    const shape = kind === 'list' ? [value.length] : []
    lowering.giveConstant(value, shape, /int/.test(name) ? 'int32' : 'float32')
    return
  }
  throw new NoMeaning('value')
}

interface SaidNumbers {
  readonly kind: 'one' | 'list'
  readonly value: readonly number[] | null
}

function numbersIn([name, attribute]: readonly [string, OnnxAttribute]): readonly [
  string,
  SaidNumbers,
] {
  if (attribute.kind === 'whole' || attribute.kind === 'float')
    return [name, { kind: 'one', value: [attribute.value] }]
  const isList = attribute.kind === 'wholes' || attribute.kind === 'floats'
  return [name, { kind: 'list', value: isList ? attribute.value : null }]
}

function lower(node: OnnxNode, lowering: OnnxLowering): void {
  const rule = loweringOf(node)
  if (rule === undefined) throw new NoMeaning(node.domain === '' ? '' : 'domain', node.domain)
  rule(lowering)
}

/** @param why its setting, and the value of it, that has no meaning here; empty: all of it has none */
function opaque(node: OnnxNode, names: UniqueNames, why: NoMeaning): GraphNode[] {
  const outputs = node.outputs.map((name) =>
    name === '' ? names.next(`${node.name}/unused`) : name,
  )
  const [id = names.next(node.name)] = outputs
  return [
    {
      ...{ id, layer: node.name, op: 'opaque' },
      attributes: {
        ...{ config: {}, outputs: outputs.length },
        ...becauseOf(node, why),
      },
      inputs: node.inputs.map((name) => (name === '' ? null : name)),
      outputs,
    },
  ]
}

function becauseOf(
  { attributes }: OnnxNode,
  { setting, value }: NoMeaning,
): { readonly because?: string } {
  if (setting === '') return {}
  const said = value || valueOf(attributes.get(setting))
  return { because: said === '' ? setting : `${setting}=${said}` }
}

function rowsOf(
  layers: readonly OpenedLayer[],
  lowered: readonly GraphNode[],
  nodes: readonly OnnxNode[],
): GraphLayer[] {
  const own = new Map<string, string[]>()
  for (const { id, layer } of lowered) own.set(layer, [...(own.get(layer) ?? []), id])
  const outputs = new Map(nodes.map((node) => [node.name, node.outputs]))
  return layers.map(({ className, kind, name, weightNames }) => ({
    ...{ name, className, kind },
    parameters: weightNames,
    nodes: own.get(name) ?? [],
    outputs: (outputs.get(name) ?? []).filter((output) => output !== ''),
    nested: false,
  }))
}
