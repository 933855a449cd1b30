import type { ModelGraph } from './graph'
import type { ValueName } from './values'

/** Weights that meet what another node of their own layer gives, and not what the layer is given. */
export function innerWeights({ nodes, parameters }: ModelGraph): ReadonlySet<ValueName> {
  const layers = new Map(
    nodes.flatMap(({ layer, outputs }) => outputs.map((value) => [value, layer] as const)),
  )
  return new Set(
    nodes
      .filter(({ inputs, layer }) => inputs.some((value) => layers.get(value ?? '') === layer))
      .flatMap(({ inputs }) => inputs.filter((value) => value !== null && parameters.has(value)))
      .map(String),
  )
}
