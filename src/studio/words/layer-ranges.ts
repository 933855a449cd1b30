import type { LayerSummary } from '../../core/model-summary'
import { isCompressible } from '../../core/tensor-spec'
import { overrideOf } from '../../techniques/overrides'
import { isOn, stepOf } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

/** set: what the step says for the whole. */
export interface Range {
  readonly set: number
  readonly low: number
  readonly high: number
}

/** What settings do to the layers of a model, where most of them do otherwise than the whole. */
export interface LayerRanges {
  /** Shares of zeros; null: nothing is pruned, or not by a share. */
  readonly sparsity: Range | null
  /** Of the layers that have codes; null: none has. */
  readonly bits: Range | null
}

/**
 * What the layers do, from the least to the most, where what is set for the whole is what few of them do.
 * @param layers those of the model that can be compressed
 * @returns null where half of them, or more, do what is set for the whole
 */
export function layerRanges(
  recipe: Pick<Recipe, 'steps'>,
  layers: readonly string[],
): LayerRanges | null {
  const own = layers.filter((layer) =>
    (['prune', 'quantize'] as const).some(
      (technique) =>
        isOn(recipe, technique) && Object.keys(overrideOf(recipe, technique, layer)).length > 0,
    ),
  )
  if (2 * own.length <= layers.length) return null
  const prune = stepOf(recipe, 'prune')
  const quantize = stepOf(recipe, 'quantize')
  return {
    sparsity:
      prune?.enabled === true && prune.config.target === 'sparsity'
        ? rangeOf(
            prune.config.value,
            layers.map((layer) => {
              const { enabled, value } = overrideOf(recipe, 'prune', layer)
              return enabled === false ? 0 : (value ?? prune.config.value)
            }),
          )
        : null,
    bits:
      quantize?.enabled === true
        ? rangeOf(
            quantize.config.bits,
            layers.flatMap((layer) => {
              const { bits, enabled } = overrideOf(recipe, 'quantize', layer)
              return enabled === false ? [] : (bits ?? quantize.config.bits)
            }),
          )
        : null,
  }
}

/** Names of the layers that can be compressed. */
export function compressibleNames(layers: readonly LayerSummary[] | undefined): readonly string[] {
  return (layers ?? []).flatMap(({ name, tensors }) =>
    tensors.some(({ spec }) => isCompressible(spec)) ? name : [],
  )
}

function rangeOf(set: number, values: readonly number[]): Range | null {
  return values.length === 0 ? null : { set, low: Math.min(...values), high: Math.max(...values) }
}
