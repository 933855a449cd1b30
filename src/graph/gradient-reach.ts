import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import { valueTypes } from './value-types'
import type { ValueName } from './values'

export interface GradientReach {
  /** Values whose change changes the first output, as far as slopes tell. */
  readonly values: ReadonlySet<ValueName>
  /** Where the way back ends before it has come to inputs and weights, from the output on. */
  readonly ends: readonly GraphNode[]
}

/** Real numbers that stay the same but for jumps. */
function isStep(node: GraphNode): boolean {
  if (node.op === 'range') return true
  if (node.op !== 'unary' && node.op !== 'combine') return false
  switch (node.attributes.function) {
    case 'Floor':
    case 'Ceil':
    case 'Round':
    case 'Sign':
    case 'FloorDiv':
      return true
    default:
      return false
  }
}

/** How far gradients of what is trained, the first output, come: not through truths, places, whole numbers and steps. */
export function gradientReach(graph: ModelGraph): GradientReach {
  const types = valueTypes(graph)
  const asked = new Set(graph.outputs.slice(0, 1))
  const ends: GraphNode[] = []
  for (const node of graph.nodes.toReversed()) {
    const wanted = node.outputs.filter((name) => asked.has(name))
    if (wanted.length === 0) continue
    if (isStep(node) || wanted.every((name) => types.get(name) !== 'float32')) ends.push(node)
    else for (const name of node.inputs) if (name !== null) asked.add(name)
  }
  return { values: asked, ends }
}
