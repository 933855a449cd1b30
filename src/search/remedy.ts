import type { KernelFacts } from '../techniques/kernel-facts'
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
  readonly kernels: KernelFacts | null
}

export const remedyIds = [
  'byMagnitude',
  'zerosStay',
  'biases',
  'statistics',
  'leastError',
  'wholeRange',
  'ownScales',
  'smallAsFloats',
  'filtersStay',
  'unclipped',
  'moreBits',
  'lessRemoved',
  'layerAsItIs',
] as const
export type RemedyId = (typeof remedyIds)[number]

/** What is seen of a cause, for the sentence that tells it. */
export interface CauseFacts {
  /** Where it is seen. */
  readonly layer?: string
  /** 0..1 */
  readonly share?: number
  readonly times?: number
  readonly count?: number
  /** Of so many. */
  readonly all?: number
}

/** A likely cause of a drop with the settings that would take it away. */
export interface Remedy {
  readonly id: RemedyId
  /** Of a layer; null: of all. */
  readonly layer: TouchedLayer | null
  readonly facts: CauseFacts
  readonly recipe: Recipe
}
