import type { LayerSummary } from '../core/model-summary'
import type { TensorSpec } from '../core/tensor-spec'
import type { TrainingSettings } from './training-settings'

/** Names of the layers that learn; null: all. */
export type LayerChoice = TrainingSettings['layers']

/** Whether a layer learns, by its name. */
export function learnsBy(choice: LayerChoice): (layer: string) => boolean {
  if (choice === null) return () => true
  const chosen = new Set(choice)
  return (layer) => chosen.has(layer)
}

/** Names of the weights of layers that learn, statistics of batch normalisation included; null: all. */
export function learningWeights(
  weights: readonly { readonly spec: TensorSpec }[],
  choice: LayerChoice,
): ReadonlySet<string> | null {
  if (choice === null) return null
  const learns = learnsBy(choice)
  const specs = weights.map(({ spec }) => spec)
  return new Set(specs.filter(({ layerName }) => learns(layerName)).map(({ name }) => name))
}

type WithWeights = Pick<LayerSummary, 'name' | 'parameters'>

/** The layers that have weights to learn, in the order of the model. */
export function layersToLearn<Layer extends WithWeights>(layers: readonly Layer[]): Layer[] {
  return layers.filter(({ parameters }) => parameters > 0)
}

/** How much of a model learns. */
export interface LearningPart {
  /** Layers that learn, of those that could. */
  readonly layers: number
  readonly of: number
  /** Of all weights, 0..1. */
  readonly share: number
}

export function learningPart(layers: readonly WithWeights[], choice: LayerChoice): LearningPart {
  const able = layersToLearn(layers)
  const learning = able.filter(({ name }) => learnsBy(choice)(name))
  const sum = (list: readonly WithWeights[]): number =>
    list.reduce((all, { parameters }) => all + parameters, 0)
  return {
    layers: learning.length,
    of: able.length,
    share: sum(learning) / Math.max(1, sum(able)),
  }
}

/** How many of the last layers learn while none before them does; 0: it is another choice. */
export function lastOfChoice(names: readonly string[], choice: LayerChoice): number {
  const learns = names.map(learnsBy(choice))
  const first = learns.indexOf(true)
  return first >= 0 && learns.slice(first).every(Boolean) ? names.length - first : 0
}

/** The choice with a layer added or left out, in the order of the model. */
export function withLayers(
  names: readonly string[],
  choice: LayerChoice,
  changed: readonly string[],
  learn: boolean,
): string[] {
  const learns = learnsBy(choice)
  const others = new Set(changed)
  return names.filter((name) => (others.has(name) ? learn : learns(name)))
}
