import type { GraphEdit } from './edits'
import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import type { ValueName } from './values'

/** By layer the filters or neurons that edits leave it, where they leave fewer. */
export function filterCounts(
  { nodes }: ModelGraph,
  edits: readonly GraphEdit[],
): ReadonlyMap<string, number> {
  const left = new Map<string, number>()
  for (const edit of edits)
    if (edit.kind === 'keep') left.set(placeOf(edit.parameter, edit.axis), edit.indices.length)
  return new Map(
    nodes.flatMap((node): [string, number][] => {
      const axis = filterAxis(node)
      const kernel = node.inputs[1] ?? null
      const count = axis === null || kernel === null ? undefined : left.get(placeOf(kernel, axis))
      return count === undefined ? [] : [[node.layer, count]]
    }),
  )
}

function placeOf(parameter: ValueName, axis: number): string {
  return `${axis} ${parameter}`
}

/** Of its kernel, the second input; null where it has none. */
function filterAxis(node: GraphNode): number | null {
  switch (node.op) {
    case 'conv':
    case 'transposedConv':
      return node.attributes.kernel.output
    case 'matMul':
      return node.attributes.transposeB ? 0 : 1
    default:
      return null
  }
}
