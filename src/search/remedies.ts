import type { ConfigOf } from '../techniques/catalog'
import { overrideOf, withOverrides } from '../techniques/overrides'
import { isOn, stepOf, withConfig } from '../techniques/recipe'
import { autoRange } from '../techniques/quantize/quantize-settings'
import type { Recipe } from '../techniques/recipe'

/** What a recipe did to a layer, as the page shows it. */
export interface TouchedLayer {
  readonly name: string
  readonly weights: number
  readonly zeros: number
  readonly bits: number | null
  /** 10 log10(signal power / error power) of its weights; null where nothing was changed. */
  readonly sqnrDb: number | null
  /** Weights clamped to the first or last code. */
  readonly clipped: number
}

export const remedyIds = [
  'byMagnitude',
  'zerosStay',
  'biases',
  'leastError',
  'wholeRange',
  'ownScales',
  'smallAsFloats',
  'moreBits',
  'lessRemoved',
  'layerAsItIs',
] as const
export type RemedyId = (typeof remedyIds)[number]

/** A likely cause of a drop with the settings that would take it away. */
export interface Remedy {
  readonly id: RemedyId
  /** Of a layer; null: of all. */
  readonly layer: TouchedLayer | null
  readonly recipe: Recipe
}

/** So many layers are looked at, those first whose weights were changed most. */
const WORST_LAYERS = 3
const MORE_BITS = 2

/**
 * What may be behind a drop, each with settings that differ from those of the drop in that one thing: what they regain is
 * to be measured. Causes of all layers first.
 * @param hasInputs whether the inputs of layers are known, so that biases can be put right
 */
export function remediesFor(
  recipe: Recipe,
  layers: readonly TouchedLayer[],
  hasInputs: boolean,
): readonly Remedy[] {
  return [
    ...remediesOfAll(recipe, hasInputs),
    ...worst(layers).flatMap((one) => ofLayer(recipe, one)),
  ]
}

function remediesOfAll(recipe: Recipe, hasInputs: boolean): readonly Remedy[] {
  const found: Remedy[] = []
  const [prune, quantize] = [stepOf(recipe, 'prune'), stepOf(recipe, 'quantize')]
  const add = (id: RemedyId, changed: Recipe): void => {
    found.push({ id, layer: null, recipe: changed })
  }
  if (prune?.enabled === true && prune.config.method === 'random')
    add('byMagnitude', withConfig(recipe, 'prune', { method: 'magnitude' }))
  if (quantize?.enabled === true) {
    const coded = (changes: Partial<ConfigOf<'quantize'>>): Recipe =>
      withConfig(recipe, 'quantize', changes)
    const { scheme, range, granularity, biases, normalization } = quantize.config
    if (scheme === 'linear' && prune?.enabled === true)
      add('zerosStay', coded({ scheme: 'affine' }))
    // What "auto" is, layer by layer, is one of the two.
    const inUse = range === 'auto' ? autoRange(quantize.config) : range
    if (inUse !== 'mse') add('leastError', coded({ range: 'mse' }))
    if (inUse !== 'minMax') add('wholeRange', coded({ range: 'minMax' }))
    if (granularity === 'perTensor') add('ownScales', coded({ granularity: 'perChannel' }))
    if (biases !== 'float' || normalization !== 'float')
      add('smallAsFloats', coded({ biases: 'float', normalization: 'float' }))
  }
  if (hasInputs && !isOn(recipe, 'bias-correction') && recipe.steps.some(({ enabled }) => enabled))
    add('biases', withConfig(recipe, 'bias-correction', {}, true))
  return found
}

/** By the share of their weights' energy that is gone. */
function worst(layers: readonly TouchedLayer[]): readonly TouchedLayer[] {
  return layers
    .filter(({ sqnrDb }) => sqnrDb !== null)
    .toSorted((one, other) => (one.sqnrDb ?? 0) - (other.sqnrDb ?? 0))
    .slice(0, WORST_LAYERS)
}

function ofLayer(recipe: Recipe, layer: TouchedLayer): readonly Remedy[] {
  const found: Remedy[] = []
  const { name, bits } = layer
  const isCoded = isOn(recipe, 'quantize') && overrideOf(recipe, 'quantize', name).enabled !== false
  const isPruned = isOn(recipe, 'prune') && overrideOf(recipe, 'prune', name).enabled !== false
  if (isCoded && bits !== null && bits < 8)
    found.push({
      ...{ id: 'moreBits', layer },
      recipe: withOverrides(recipe, 'quantize', [name], { bits: bits + MORE_BITS }),
    })
  const prune = stepOf(recipe, 'prune')
  if (isPruned && layer.zeros > 0 && prune?.config.target === 'sparsity')
    found.push({
      ...{ id: 'lessRemoved', layer },
      // As many weights more as there are left.
      recipe: withOverrides(recipe, 'prune', [name], {
        value: Math.max(0, rounded((2 * layer.zeros) / layer.weights - 1)),
      }),
    })
  if (isCoded || isPruned) {
    const free = isCoded ? withOverrides(recipe, 'quantize', [name], { enabled: false }) : recipe
    found.push({
      ...{ id: 'layerAsItIs', layer },
      recipe: isPruned ? withOverrides(free, 'prune', [name], { enabled: false }) : free,
    })
  }
  return found
}

function rounded(share: number): number {
  return Math.round(1000 * share) / 1000
}
