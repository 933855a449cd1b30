import type { WeightTensor } from '../../core/weight-tensor'
import type { MeasureEvent } from '../../protocol/measure-messages'
import type { SizeReport } from '../../protocol/recipe-messages'
import type { SimulatedActivations, TrainEvent } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingRecord } from '../../training/training-record'
import { writeTrainedWeights } from '../model/trained-weights'
import { scoreOf } from './run-score'

/** What the weights of a moment are worth. */
export interface Judged {
  readonly measure: MeasureEvent
  readonly sparsity: number
  readonly sizes: SizeReport
}

/** Encodes weights with a recipe and measures what a file would hold, on the validation split. */
export type Judge = (
  weights: readonly WeightTensor[],
  recipe: Recipe,
  signal: AbortSignal,
) => Promise<Judged>

/** Weights of the end of an epoch; the recipe makes of them what was measured. */
export interface Candidate {
  readonly weights: readonly WeightTensor[]
  readonly recipe: Recipe
  readonly judged: Judged
  readonly epoch: number
  /** Bit for bit what the run began with: it needs no name of its own. */
  readonly isStart: boolean
}

/** Keeps the best weights of a run, by the validation split alone. */
export class BestWeights {
  /** Epochs since the best one. */
  sinceBetter = 0
  private found: Candidate | null = null
  private latest: Candidate | null = null

  get best(): Candidate | null {
    return this.found
  }

  /** The best; before the end of a gradual schedule the last. */
  get chosen(): Candidate {
    const chosen = this.found ?? this.latest
    if (chosen === null) throw new RangeError('a run without weights')
    return chosen
  }

  /**
   * @param complete whether the wanted sparsity is reached: weights of before that are better because they
   * are more
   */
  add(candidate: Candidate, complete: boolean): boolean {
    this.latest = candidate
    const before = this.found === null ? -Infinity : scoreOf(this.found.judged.measure)
    const better = complete && scoreOf(candidate.judged.measure) > before
    if (better) this.found = candidate
    this.sinceBetter = better || !complete ? 0 : this.sinceBetter + 1
    return better
  }

  /** Takes up the best of before a break. */
  recall(candidate: Candidate, sinceBetter: number): void {
    this.found = candidate
    this.sinceBetter = sinceBetter
  }
}

/**
 * What the page is told of an epoch.
 * @param asked the settings that the run was begun with
 */
export async function validationEvent(
  { weights, recipe, judged, epoch, isStart }: Candidate,
  asked: Recipe,
  step: number,
  best: boolean,
  simulated: SimulatedActivations | null,
  history: readonly TrainingRecord[],
): Promise<TrainEvent> {
  const trained = await writeTrainedWeights(weights, history)
  const named = isStart ? asked : { ...recipe, trained: trained.id }
  const found = { ...judged, best, simulated }
  return { type: 'validation', epoch, step, ...found, recipe: named, trained }
}

export function areSameBits(weights: readonly WeightTensor[], others: readonly WeightTensor[]) {
  return weights.every(({ values }, at) => {
    const other = others[at]?.values
    return other?.length === values.length && values.every((value, i) => Object.is(value, other[i]))
  })
}
