import { beforeCodes } from './before-codes'
import { freshNames } from './fresh-names'
import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import { squashingNode } from './output-facts'

/** What an output's last step makes of its scores; training goes around it. */
export type Squashing = 'softmax' | 'sigmoid' | null

export interface Unsquashed {
  /** Its first output gives scores, in the form in which it gave what was made of them. */
  readonly graph: ModelGraph
  /** What was gone around; null: the first output gives scores anyway. */
  readonly squashing: Squashing
}

/** A way around the softmax or sigmoid at the end, since losses are exact on scores only. Nobody else loses anything. */
export function unsquashed(graph: ModelGraph): Unsquashed {
  const [output, ...others] = graph.outputs
  const squashing = output === undefined ? null : squashingNode(graph, output)
  if (output === undefined || squashing === null) return { graph, squashing: null }
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])))
  const fresh = freshNames(graph)
  const behind: GraphNode[] = []
  // What stands behind hands on, and reads one value each.
  for (let node = makers.get(output); node !== undefined && node !== squashing;) {
    const rounded = beforeCodes(node, { makers, constants: graph.constants })
    // Scores are no codes of probabilities.
    if (rounded === null) behind.unshift(node)
    node = makers.get(rounded ?? node.inputs[0] ?? '')
  }
  let value = squashing.inputs[0] ?? ''
  const around = behind.map((node): GraphNode => {
    const [, ...sides] = node.inputs
    const name = fresh(node.outputs[0] ?? '')
    const own = { ...node, id: name, inputs: [value, ...sides], outputs: [name] }
    value = name
    return own
  })
  return {
    graph: { ...graph, nodes: [...graph.nodes, ...around], outputs: [value, ...others] },
    squashing: squashing.op === 'softmax' ? 'softmax' : 'sigmoid',
  }
}
