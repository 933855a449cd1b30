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

type WithWeights = Pick<LayerSummary, 'name' | 'learnable' | 'tensors'>

/** The layers that have weights to learn, in the order of the model. */
export function layersToLearn<Layer extends Pick<LayerSummary, 'learnable'>>(
  layers: readonly Layer[],
): Layer[] {
  return layers.filter(({ learnable }) => learnable > 0)
}

/** Names of layers that are counted as one: what only adds a bias belongs to the layer before it. */
function counted(layers: readonly WithWeights[]): readonly (readonly string[])[] {
  const parts: string[][] = []
  for (const { name, tensors } of layersToLearn(layers)) {
    const before = parts.at(-1)
    const isBias = tensors.length > 0 && tensors.every(({ spec }) => spec.role === 'bias')
    if (isBias && before !== undefined) before.push(name)
    else parts.push([name])
  }
  return parts
}

/** How many layers can learn. */
export function countToLearn(layers: readonly WithWeights[]): number {
  return counted(layers).length
}

/** Names of so many of the last layers that can learn. */
export function lastToLearn(layers: readonly WithWeights[], count: number): string[] {
  return counted(layers).slice(-count).flat()
}

/** How much of a model learns. */
export interface LearningPart {
  /** Layers that learn, of those that could. */
  readonly layers: number
  readonly of: number
  /** Of all weights that could, 0..1. */
  readonly share: number
}

export function learningPart(layers: readonly WithWeights[], choice: LayerChoice): LearningPart {
  const able = layersToLearn(layers)
  const learns = learnsBy(choice)
  const sum = (list: readonly WithWeights[]): number =>
    list.reduce((all, { learnable }) => all + learnable, 0)
  const parts = counted(layers)
  return {
    layers: parts.filter((names) => names.some(learns)).length,
    of: parts.length,
    share: sum(able.filter(({ name }) => learns(name))) / Math.max(1, sum(able)),
  }
}

/** How many of the last layers learn while none before them does; 0: it is another choice. */
export function lastOfChoice(layers: readonly WithWeights[], choice: LayerChoice): number {
  const learns = learnsBy(choice)
  const parts = counted(layers)
  const first = parts.findIndex((names) => names.some(learns))
  return first >= 0 && parts.slice(first).flat().every(learns) ? parts.length - first : 0
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
