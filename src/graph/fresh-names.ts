import type { ModelGraph } from './graph'
import type { ValueName } from './values'

/** Names that no value of a graph has. */
export function freshNames(graph: ModelGraph): (base: ValueName) => ValueName {
  const taken = new Set([
    ...graph.parameters.keys(),
    ...graph.constants.keys(),
    ...graph.inputs.map(({ value }) => value),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ])
  return (base) => {
    let name = `${base}'`
    while (taken.has(name)) name += "'"
    taken.add(name)
    return name
  }
}
