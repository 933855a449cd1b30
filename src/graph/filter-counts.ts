import type { GraphEdit } from './edits'
import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import type { ValueName } from './values'

/** By layer the filters, neurons or columns of a table that edits leave it, where they leave fewer. */
export function filterCounts(
  { nodes }: ModelGraph,
  edits: readonly GraphEdit[],
): ReadonlyMap<string, number> {
  const left = new Map<string, number>()
  for (const edit of edits)
    if (edit.kind === 'keep') left.set(placeOf(edit.parameter, edit.axis), edit.indices.length)
  return new Map(
    nodes.flatMap((node): [string, number][] => {
      const filters = filtersOf(node)
      const count = filters === null ? undefined : left.get(placeOf(...filters))
      return count === undefined ? [] : [[node.layer, count]]
    }),
  )
}

function placeOf(parameter: ValueName | null | undefined, axis: number): string {
  return `${axis} ${parameter ?? ''}`
}

/** The weight that holds them, and the axis along which they lie; null where the node has none. */
function filtersOf(node: GraphNode): [ValueName | null | undefined, number] | null {
  const [first, second] = node.inputs
  switch (node.op) {
    case 'conv':
    case 'transposedConv':
      return [second, node.attributes.kernel.output]
    case 'matMul':
      return [second, node.attributes.transposeB ? 0 : 1]
    case 'gather':
      return [first, 1]
    default:
      return null
  }
}
