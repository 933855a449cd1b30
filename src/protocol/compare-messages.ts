import type { BackendName } from '../core/backend-name'
import type { SplitName } from '../core/dataset-manifest'
import type { Recipe } from '../techniques/recipe'
import type { SampleInput } from './data-messages'
import type { MeasureEvent } from './measure-messages'
import type { TargetOffer, ZipSize } from './recipe-messages'

export interface CompareRequest {
  readonly recipe: Recipe
  /** So many changed samples of each kind are shown. */
  readonly most: number
}

export interface Answer {
  readonly output: number
  /** 0..1: softmax of scores, else as the model says it. */
  readonly probability: number
}

/** right: the label is the answer. lost: only the original is right; won: only the compressed model. */
export type FlipKind = 'lost' | 'won' | 'otherMistake'

/** A sample that the compressed model answers otherwise than the original. */
export interface Flip {
  readonly kind: FlipKind
  readonly index: number
  readonly name: string
  /** The output that should be the largest. */
  readonly label: number
  readonly before: Answer
  readonly after: Answer
  readonly picture: SampleInput['picture']
}

/** Original and compressed model, sample by sample. */
export interface Comparison {
  readonly dataset: string
  readonly split: SplitName
  readonly samples: number
  /** All of them, also those that are not shown. */
  readonly counts: Readonly<Record<FlipKind, number>>
  readonly flips: readonly Flip[]
}

/** Settings that were measured beside those of the controls. */
export interface TriedResult {
  /** Exact. */
  readonly size: ZipSize
  /** null where the model cannot run. */
  readonly measure: MeasureEvent | null
}

/** Of a class of the labels, how many samples both models have right. */
export interface ClassChange {
  /** The output that should be the largest. */
  readonly label: number
  readonly samples: number
  readonly before: number
  readonly after: number
}

/** Answers of a model to labelled samples with classes, as far as they are right. */
export interface RightAnswers {
  readonly samples: number
  /** A bit for each sample of the split, as `packRight` makes them. */
  readonly right: Uint8Array
  /** Those that changed most, at most five, worst first. */
  readonly classes: readonly ClassChange[]
}

/** Everything by which settings are compared with others. */
export interface CandidateFigures {
  /** All that they can be downloaded as. A size is missing where so large a file is not made for its size alone. */
  readonly offers: readonly TargetOffer[]
  /** On the validation split, or without data on synthetic inputs; null where the model cannot run. */
  readonly measure: MeasureEvent | null
  /** null without labels that are classes. */
  readonly answers: RightAnswers | null
  /** What ran the model. */
  readonly backend: BackendName
}

export interface DrawnRequest {
  readonly recipe: Recipe
  /** One picture as the attached data holds its own: row-major bytes. */
  readonly pixels: Uint8Array
}

export interface AskedRequest {
  readonly recipe: Recipe
  /** One picture file. */
  readonly file: File
}

/** What both models say to a picture that somebody asks about. */
export interface AskedAnswers extends DrawnAnswers {
  /** As the model sees it: resized, in the colours it is given. */
  readonly picture: SampleInput['picture']
}

/** Probabilities by output. */
export interface DrawnAnswers {
  readonly original: readonly number[]
  readonly compressed: readonly number[]
}
