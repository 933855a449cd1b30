import type { LayerSummary } from '../../../core/model-summary'
import { codingOf, isCoding } from '../../../search/layer-coding'
import { mapCell } from '../../../search/map-cells'
import type { LayerSensitivity } from '../../../search/sensitivity'
import type { Recipe } from '../../../techniques/recipe'
import type { LayerReport } from '../../../techniques/weights-report'
import type { GraphMeasure } from '../../store/look-slice'

/** Bits that the sensitivity of layers is shown at where settings quantize nothing. */
export const REFERENCE_BITS = 4

/** Strengths of a colour; 0 is the weakest. */
export const STRENGTHS = [0, 1, 2, 3, 4] as const
export type Strength = (typeof STRENGTHS)[number]

/** What is known of a layer. */
export interface KnownLayer {
  readonly layer: LayerSummary
  readonly preview: LayerReport | undefined
  readonly sensitivity: LayerSensitivity | undefined
  /** That its sensitivity is shown at; null: kept as floats. */
  readonly bits: number | null
}

/** What layers are coded with under these settings, or would be with few bits; null: not at all. */
export function shownBits(recipe: Recipe, layer: string): number | null {
  return isCoding(recipe) ? (codingOf(recipe, layer)?.bits ?? null) : REFERENCE_BITS
}

/**
 * The figure that a layer is coloured by: bytes in the file, a share of zeros 0..1, decibels, or the squared relative
 * error of its outputs with its bits; null where the layer has none.
 */
export function graphValue(measure: GraphMeasure, known: KnownLayer): number | null {
  const { bits, layer, preview, sensitivity } = known
  if (layer.parameters === 0) return null
  switch (measure) {
    case 'bytes':
      return layer.storedBytes
    case 'sparsity':
      return preview !== undefined && preview.weights > 0
        ? preview.zeros / preview.weights
        : layer.zeros / layer.parameters
    case 'error':
      return preview?.sqnrDb ?? null
    case 'sensitivity': {
      if (sensitivity === undefined) return null
      if (bits === null) return 0
      const cell = mapCell(sensitivity, { of: 'bits', value: bits })
      return cell === null || 'state' in cell ? null : cell.error
    }
  }
}

/** Where one strength ends and the next begins: four figures, in the order of the strengths. */
export function strengthEnds(
  measure: GraphMeasure,
  values: readonly number[],
): readonly [number, number, number, number] {
  switch (measure) {
    case 'bytes': {
      const largest = values.reduce((most, value) => Math.max(most, value), 1)
      const top = 10 ** Math.max(4, Math.ceil(Math.log10(largest)) - 1)
      return [top / 1000, top / 100, top / 10, top]
    }
    case 'sparsity':
      return [0.2, 0.4, 0.6, 0.8]
    // The fewer decibels, the larger the error.
    case 'error':
      return [40, 30, 20, 10]
    case 'sensitivity':
      return [0.0001, 0.001, 0.01, 0.1]
  }
}

export function strengthOf(
  value: number,
  ends: readonly [number, number, number, number],
): Strength {
  const falls = ends[0] > ends[3]
  const passed = ends.filter((end) => (falls ? value < end : value >= end)).length
  return STRENGTHS[passed] ?? 0
}
