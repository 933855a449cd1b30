import type { OnnxGraph, OnnxTensor, TensorData } from './onnx-model'

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
  if (data.kind === 'decoded') return partsOfDecoded(data)
  return data.kind === 'sparse' ? [data.values, data.places] : [tensor]
}

/** Codes with what makes a weight of them. */
export function partsOfDecoded({
  by,
  codes,
}: Extract<TensorData, { readonly kind: 'decoded' }>): readonly OnnxTensor[] {
  switch (by.kind) {
    case 'scaled':
      return [codes, by.scale, ...(by.zeroPoint === null ? [] : [by.zeroPoint])]
    case 'halves':
      return [codes]
    case 'shifted':
      return [codes, by.offset, by.scale]
    case 'table':
      return [codes, ...(by.starts === null ? [] : [by.starts]), by.levels]
  }
}
