import { UniqueNames } from '../tfjs-graph/lowering/unique-names'
import type { OnnxSource } from './onnx-source'
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './onnx-model'

/** A tensor of a file under the name that the graph reads it by. */
export interface NamedOnnxTensor {
  readonly name: string
  readonly tensor: OnnxTensor
  /** A `Constant` node holds it, and no list of the graph. */
  readonly isInNode?: true
}

export interface GraphParts {
  /** Each with a name of its own; without those that only hold a tensor. */
  readonly nodes: readonly OnnxNode[]
  readonly tensors: readonly NamedOnnxTensor[]
}

/**
 * Tells weights from operators: initializers, tensors of `Constant` nodes, and those of graphs inside nodes, which nothing
 * outside reads.
 * @throws StudioError 'open/onnx-field' where a value is given twice, read before it is there, or promised and never given
 */
export function partsOf(graph: OnnxGraph, refused: OnnxSource['refused']): GraphParts {
  const given = new Set<string>([''])
  const give = (name: string, place: string): void => {
    if (name !== '' && given.has(name)) throw refused(place, 'a name of its own', name)
    given.add(name)
  }
  const tensors: NamedOnnxTensor[] = []
  for (const tensor of graph.initializers) {
    if (tensor.name === '') throw refused(tensor.place, 'a name', 'nothing')
    give(tensor.name, tensor.place)
    tensors.push({ name: tensor.name, tensor })
  }
  // Up to IR version 3 every initializer had to be an input as well.
  const inputs = new Set<string>()
  for (const [at, { name }] of graph.inputs.entries()) {
    const place = `graph.input[${at}]`
    if (name === '') throw refused(place, 'a name', 'nothing')
    if (inputs.has(name)) throw refused(place, 'a name of its own', name)
    inputs.add(name)
    given.add(name)
  }
  const names = new UniqueNames([])
  const inner = new UniqueNames([])
  const nodes: OnnxNode[] = []
  for (const [at, node] of graph.nodes.entries()) {
    const place = `graph.node[${at}]`
    const [value = ''] = node.outputs
    for (const input of node.inputs)
      if (!given.has(input)) throw refused(place, 'inputs that nodes before it give', input)
    for (const output of node.outputs) give(output, place)
    const held = node.op === 'Constant' ? heldBy(node) : undefined
    if (held?.kind === 'tensor' && value !== '') {
      tensors.push({ name: value, tensor: { ...held.value, place }, isInNode: true })
      continue
    }
    const name = names.next(node.name === '' ? `${node.op}_${at}` : node.name)
    nodes.push({ ...node, name })
    for (const attribute of node.attributes.values())
      if (attribute.kind === 'graphs')
        for (const part of attribute.value) tensors.push(...innerTensors(part, name, inner))
  }
  for (const [at, { name }] of graph.outputs.entries())
    if (name === '') throw refused(`graph.output[${at}]`, 'a name', 'nothing')
    else if (!given.has(name)) throw refused(`graph.output[${at}]`, 'outputs that nodes give', name)
  return { nodes, tensors }
}

function heldBy({ attributes }: OnnxNode): OnnxAttribute | undefined {
  return attributes.get('value') ?? attributes.get('sparse_value')
}

function innerTensors(graph: OnnxGraph, path: string, names: UniqueNames): NamedOnnxTensor[] {
  const named = (name: string, tensor: OnnxTensor): NamedOnnxTensor => ({
    // No name of the graph around it has this in it.
    name: names.next(`${path}//${name}`),
    tensor,
  })
  return [
    ...graph.initializers.map((tensor) => named(tensor.name, tensor)),
    ...graph.nodes.flatMap((node) =>
      [...node.attributes.values()].flatMap((attribute) => {
        if (attribute.kind === 'tensor' && node.op === 'Constant')
          return [named(node.outputs[0] ?? 'constant', attribute.value)]
        return attribute.kind === 'graphs'
          ? attribute.value.flatMap((part) => innerTensors(part, `${path}/${node.op}`, names))
          : []
      }),
    ),
  ]
}
