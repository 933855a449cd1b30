import type { ModelGraph } from './graph'
import type { Combining, GraphNode, Unary } from './operators'
import type { DType, ValueName } from './values'

/** What compares or joins truths gives truths. */
export const truths: ReadonlySet<Combining | Unary['function']> = new Set<
  Combining | Unary['function']
>([
  ...(['And', 'Or', 'Xor', 'Equal', 'NotEqual'] as const),
  ...(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'] as const),
  ...(['Not', 'IsNaN', 'IsInf', 'IsFinite'] as const),
])

/** The type of every value of a graph. Most operators give what they get, real numbers where one of several is real. */
export function valueTypes(graph: ModelGraph): ReadonlyMap<ValueName, DType> {
  const types = new Map<ValueName, DType>()
  // Bytes are no value of a graph, even where they lie among the weights of a layer.
  for (const [name, { dtype }] of graph.parameters) if (dtype !== 'bytes') types.set(name, dtype)
  for (const [name, { dtype }] of graph.constants) types.set(name, dtype)
  for (const { value, dtype } of graph.inputs) types.set(value, dtype)
  for (const node of graph.nodes) {
    const given = (place: number): DType => types.get(node.inputs[place] ?? '') ?? 'float32'
    node.outputs.forEach((name, place) => types.set(name, typeOf(node, place, given)))
  }
  return types
}

function typeOf(node: GraphNode, output: number, given: (place: number) => DType): DType {
  switch (node.op) {
    case 'cast':
      return node.attributes.to
    case 'oneHot':
      return node.attributes.dtype
    case 'shape':
    case 'argExtreme':
    case 'nonMaxSuppression':
      return 'int32'
    case 'topK':
      return output === 1 ? 'int32' : given(0)
    case 'reduce':
      return node.attributes.function === 'All' || node.attributes.function === 'Any'
        ? 'bool'
        : given(0)
    case 'combine':
    case 'unary':
      if (truths.has(node.attributes.function)) return 'bool'
      return node.attributes.function === 'FloorDiv' ? 'int32' : joined(node, given)
    case 'where':
    case 'fill':
      return given(1)
    default:
      return joined(node, given)
  }
}

function joined({ inputs }: GraphNode, given: (place: number) => DType): DType {
  const isReal = inputs.some((name, place) => name !== null && given(place) === 'float32')
  return isReal ? 'float32' : given(0)
}
