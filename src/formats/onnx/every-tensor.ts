import type { OnnxGraph, OnnxTensor } from './onnx-model'

/** All tensors that a graph holds: weights, those of nodes, and those of graphs in nodes. */
export function everyTensor(graph: OnnxGraph): readonly OnnxTensor[] {
  const tensors = graph.initializers.flatMap(withParts)
  for (const { attributes } of graph.nodes)
    for (const attribute of attributes.values()) {
      if (attribute.kind === 'tensor') tensors.push(...withParts(attribute.value))
      if (attribute.kind === 'graphs')
        for (const inner of attribute.value) tensors.push(...everyTensor(inner))
    }
  return tensors
}

function withParts(tensor: OnnxTensor): readonly OnnxTensor[] {
  const { data } = tensor
  return data.kind === 'sparse' ? [data.values, data.places] : [tensor]
}
