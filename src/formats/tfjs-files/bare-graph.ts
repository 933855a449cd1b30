import type { TensorSpec } from '../../core/tensor-spec'
import type { ModelGraph } from '../../graph/graph'
import type { OpenedLayer } from '../format'

/** Weights that nothing is known to run, and which layer each belongs to. */
export function bareGraph(
  layers: readonly OpenedLayer[],
  specs: ReadonlyMap<unknown, TensorSpec>,
): ModelGraph {
  return {
    inputs: [],
    outputs: [],
    nodes: [],
    layers: layers.map(({ name, className, kind, weightNames }) => ({
      name,
      className,
      kind,
      parameters: weightNames,
      nodes: [],
      outputs: [],
      nested: false,
    })),
    parameters: byName(specs),
    constants: new Map(),
  }
}

/** The weights of a manifest in its order, by the names that the model gives them. */
export function byName(specs: ReadonlyMap<unknown, TensorSpec>): ReadonlyMap<string, TensorSpec> {
  return new Map([...specs.values()].map((spec) => [spec.name, spec]))
}
