import type { ModelGraph } from '../../src/graph/graph'

/** What no graph may have, whatever file it was made of: one sentence for each place. */
export function graphFaults(graph: ModelGraph): string[] {
  const faults: string[] = []
  const given = new Set<string>()
  const give = (value: string, by: string): void => {
    if (given.has(value)) faults.push(`${value} is given again by ${by}`)
    given.add(value)
  }
  for (const { value } of graph.inputs) give(value, 'an input')
  for (const value of graph.parameters.keys()) give(value, 'a parameter')
  for (const value of graph.constants.keys()) give(value, 'a constant')
  const ids = new Set<string>()
  for (const { id, inputs, op, outputs } of graph.nodes) {
    if (ids.has(id)) faults.push(`${id} is the name of two nodes`)
    ids.add(id)
    if (outputs.length === 0) faults.push(`${id} gives nothing`)
    for (const input of inputs) {
      if (input !== null && !given.has(input)) faults.push(`${id} reads ${input} too early`)
      if (input === null && inputs.indexOf(null) === 0 && op !== 'fill' && op !== 'opaque')
        faults.push(`${id} reads nothing`)
    }
    for (const output of outputs) give(output, id)
  }
  for (const output of graph.outputs)
    if (!given.has(output)) faults.push(`nothing gives the output ${output}`)
  for (const { name, nodes, outputs, parameters } of graph.layers) {
    for (const id of nodes) if (!ids.has(id)) faults.push(`${name} has no node ${id}`)
    for (const value of [...outputs, ...parameters])
      if (!given.has(value)) faults.push(`${name} has no value ${value}`)
  }
  return faults
}
