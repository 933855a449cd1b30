import type { ConfigOf } from '../techniques/catalog'
import type { KernelFacts } from '../techniques/kernel-facts'
import { isOn, stepOf, withConfig } from '../techniques/recipe'
import { autoRange } from '../techniques/quantize/quantize-settings'
import type { Recipe } from '../techniques/recipe'
import { layerRemedies, worstOf } from './layer-remedies'
import type { CauseFacts, Remedy, RemedyId, TouchedLayer } from './remedy'

/** What is known besides settings and weights. */
export interface RemedyGround {
  /** Whether the inputs of layers are known, so that biases can be put right. */
  readonly hasInputs: boolean
  /** Whether the model has batch normalization, with means of what its layers gave before. */
  readonly hasStatistics: boolean
}

/**
 * What may be behind a drop, each with settings that differ from those of the drop in that one thing: what they regain is
 * to be measured. Causes of all layers first.
 */
export function remediesFor(
  recipe: Recipe,
  layers: readonly TouchedLayer[],
  ground: RemedyGround,
): readonly Remedy[] {
  return [
    ...remediesOfAll(recipe, layers, ground),
    ...worstOf(layers).flatMap((one) => layerRemedies(recipe, one)),
  ]
}

function remediesOfAll(
  recipe: Recipe,
  layers: readonly TouchedLayer[],
  { hasInputs, hasStatistics }: RemedyGround,
): readonly Remedy[] {
  const found: Remedy[] = []
  const [prune, quantize] = [stepOf(recipe, 'prune'), stepOf(recipe, 'quantize')]
  const add = (id: RemedyId, changed: Recipe, facts: CauseFacts = {}): void => {
    found.push({ id, layer: null, facts, recipe: changed })
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
    if (inUse !== 'mse') add('leastError', coded({ range: 'mse' }), longestTail(layers))
    if (inUse !== 'minMax') add('wholeRange', coded({ range: 'minMax' }), clippedIn(layers))
    if (granularity === 'perTensor')
      add('ownScales', coded({ granularity: 'perChannel' }), widestSpread(layers))
    if (biases !== 'float' || normalization !== 'float')
      add('smallAsFloats', coded({ biases: 'float', normalization: 'float' }))
  }
  if (hasInputs && !isOn(recipe, 'bias-correction') && recipe.steps.some(({ enabled }) => enabled))
    add(hasStatistics ? 'statistics' : 'biases', withConfig(recipe, 'bias-correction', {}, true))
  return found
}

/** The layer with the most of a fact among those that codes have changed. */
function most(
  layers: readonly TouchedLayer[],
  fact: (kernels: KernelFacts) => number,
): { readonly layer: string; readonly value: number } | null {
  const [first] = layers
    .flatMap(({ bits, kernels, name }) =>
      bits === null || kernels === null ? [] : [{ layer: name, value: fact(kernels) }],
    )
    .toSorted((one, other) => other.value - one.value)
  return first ?? null
}

function longestTail(layers: readonly TouchedLayer[]): CauseFacts {
  const found = most(layers, ({ tail }) => tail)
  return found === null ? {} : { layer: found.layer, share: found.value }
}

function widestSpread(layers: readonly TouchedLayer[]): CauseFacts {
  const found = most(layers, ({ spread }) => spread)
  return found === null ? {} : { layer: found.layer, times: found.value }
}

function clippedIn(layers: readonly TouchedLayer[]): CauseFacts {
  const coded = layers.filter(({ bits }) => bits !== null)
  return {
    count: coded.reduce((sum, { clipped }) => sum + clipped, 0),
    all: coded.reduce((sum, { weights }) => sum + weights, 0),
  }
}
