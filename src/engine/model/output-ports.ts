import type { PortSummary } from '../../core/model-summary'
import { guessMeaning } from '../../core/output-meaning'
import type { ModelGraph } from '../../graph/graph'
import { outputFacts } from '../../graph/output-facts'
import type { OutputPort } from './runnable-model'

/** Outputs with what their graph says of their numbers, and what they seem to mean. */
export function outputPorts(
  outputs: readonly PortSummary[],
  inputs: readonly PortSummary[],
  graph: ModelGraph,
): readonly OutputPort[] {
  const facts = outputFacts(graph)
  const input = inputs[0]?.shape ?? []
  return outputs.map((port, index) => {
    const { kind, gathered } = facts[index] ?? { kind: 'scores', gathered: false }
    return { ...port, kind, meaning: guessMeaning({ ...port, kind, input, gathered }) }
  })
}
