import type { ModelGraph } from '../graph/graph'

/** Layers that read nothing but what is given to the model. */
export function firstLayers({ inputs, nodes, parameters }: ModelGraph): ReadonlySet<string> {
  const given = new Set(inputs.map(({ value }) => value))
  return new Set(
    nodes
      .filter((node) => {
        const values = node.inputs.filter((value) => value !== null)
        const read = values.filter((value) => !parameters.has(value))
        return read.length > 0 && read.every((value) => given.has(value))
      })
      .map(({ layer }) => layer),
  )
}
