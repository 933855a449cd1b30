import type { GraphInput } from '../../graph/graph'
import type { DType } from '../../graph/values'
import { computedType } from './computed-type'
import type { NamedOnnxTensor } from './graph-parts'
import type { OnnxGraph, OnnxType } from './onnx-model'

/** What is given to a graph: its inputs without those that only repeat a weight. */
export function inputsOf(graph: OnnxGraph, tensors: readonly NamedOnnxTensor[]): GraphInput[] {
  const weights = new Set(tensors.map(({ name }) => name))
  return graph.inputs
    .filter(({ name }) => !weights.has(name))
    .map(({ name, shape, type }) => ({ value: name, shape, dtype: dtypeOf(type) }))
}

function dtypeOf(type: OnnxType | null): DType {
  if (type === 'STRING') return 'string'
  return type === null ? 'float32' : (computedType(type) ?? 'int32')
}
