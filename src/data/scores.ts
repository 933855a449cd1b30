import { largestOf } from '../core/largest-of'
import type { OutputKind } from '../core/output-kind'
import type { Targets } from './task'

/** Running results of one model on labelled samples, added in any pieces. */
export interface ClassScores {
  readonly samples: number
  readonly correct: number
  /** Samples whose label is among the five largest outputs. */
  readonly topFive: number
  /** Row-major [label, answer], counts. */
  readonly confusion: Uint32Array
}

/** The outputs of samples [from, from + rows), row-major. */
interface Piece {
  readonly outputs: Float32Array
  readonly from: number
}

type ClassTargets = Extract<Targets, { task: 'classification' | 'binary' }>

/** More classes make a table that nobody reads. */
const MOST_CONFUSION_CLASSES = 100

/** Above it a single number means yes. */
function limitOf(kind: OutputKind): number {
  return kind === 'scores' ? 0 : 0.5
}

/** What the outputs of one sample say: the largest of several, or whether the only one means yes. */
function answerOf(scores: Float32Array, limit: number): number {
  return scores.length === 1
    ? (scores[0] ?? 0) > limit
      ? 1
      : 0
    : largestOf(scores, 0, scores.length)
}

/**
 * The answer to each sample.
 * @param outputs row-major [samples, columns]
 */
export function answersOf(outputs: Float32Array, columns: number, kind: OutputKind): Int32Array {
  return Int32Array.from({ length: outputs.length / columns }, (_, row) =>
    answerOf(outputs.subarray(row * columns, (row + 1) * columns), limitOf(kind)),
  )
}

/** Counts right answers. A tie goes to the first column, as argmax does. */
export class ClassTally {
  private readonly targets: ClassTargets
  private readonly limit: number
  private readonly classes: number
  private readonly confusion: Uint32Array
  private samples = 0
  private correct = 0
  private topFive = 0

  /** @param kind decides where a single column means yes: above 0.5, for scores above 0 */
  constructor(targets: ClassTargets, kind: OutputKind) {
    this.targets = targets
    this.limit = limitOf(kind)
    this.classes = Math.max(2, targets.columns)
    this.confusion = new Uint32Array(this.classes <= MOST_CONFUSION_CLASSES ? this.classes ** 2 : 0)
  }

  /** @returns 1 for each sample that is right, else 0 */
  add({ outputs, from }: Piece): Uint8Array {
    const { columns, labels } = this.targets
    const right = new Uint8Array(Math.ceil(outputs.length / columns))
    for (let row = 0; row < right.length; row++) {
      const label = labels[from + row] ?? -1
      const scores = outputs.subarray(row * columns, (row + 1) * columns)
      const answer = answerOf(scores, this.limit)
      this.samples++
      if (answer === label) {
        right[row] = 1
        this.correct++
      }
      if (columns > 1 && rankOf(scores, label) < 5) this.topFive++
      if (this.confusion.length > 0 && label >= 0) {
        const cell = label * this.classes + answer
        this.confusion[cell] = (this.confusion[cell] ?? 0) + 1
      }
    }
    return right
  }

  scores(): ClassScores {
    const { samples, correct, topFive, confusion } = this
    return { samples, correct, topFive, confusion }
  }
}

/** How many columns come before this one when they are sorted from the largest, ties in order. */
function rankOf(scores: Float32Array, column: number): number {
  const own = scores[column]
  if (own === undefined) return Infinity
  let before = 0
  scores.forEach((value, index) => {
    if (value > own || (value === own && index < column)) before++
  })
  return before
}

export type ScoreId = 'labelAccuracy' | 'microF1' | 'exactMatch' | 'mae' | 'r2'

export interface Score {
  readonly id: ScoreId
  /** null where it is not defined, as R2 of constant targets. */
  readonly value: number | null
}

/** Yes-or-no answers for each of several labels. The first score is the main one. */
export class MultiLabelTally {
  private readonly targets: Extract<Targets, { task: 'multiLabel' }>
  private readonly limit: number
  private samples = 0
  private right = 0
  private exact = 0
  private truePositive = 0
  private falseAnswers = 0

  constructor(targets: Extract<Targets, { task: 'multiLabel' }>, kind: OutputKind) {
    this.targets = targets
    this.limit = limitOf(kind)
  }

  add({ outputs, from }: Piece): void {
    const { columns, values } = this.targets
    for (let row = 0; row * columns < outputs.length; row++) {
      let wrong = 0
      for (let column = 0; column < columns; column++) {
        const answer = (outputs[row * columns + column] ?? 0) > this.limit ? 1 : 0
        const label = values[(from + row) * columns + column] ?? 0
        if (answer !== label) wrong++
        else if (label === 1) this.truePositive++
      }
      this.samples++
      this.right += columns - wrong
      this.falseAnswers += wrong
      if (wrong === 0) this.exact++
    }
  }

  /** Micro F1 = 2 TP / (2 TP + FP + FN), over all labels together. */
  scores(): Score[] {
    const answers = this.right + this.falseAnswers
    const positives = 2 * this.truePositive + this.falseAnswers
    return [
      { id: 'labelAccuracy', value: answers === 0 ? null : this.right / answers },
      { id: 'microF1', value: positives === 0 ? null : (2 * this.truePositive) / positives },
      { id: 'exactMatch', value: this.samples === 0 ? null : this.exact / this.samples },
    ]
  }
}

/** Mean absolute error over all columns, and R2 as the mean over columns. */
export class RegressionTally {
  private readonly targets: Extract<Targets, { task: 'regression' }>
  private readonly sums: Float64Array
  private readonly squares: Float64Array
  private readonly residuals: Float64Array
  private samples = 0
  private absolute = 0

  constructor(targets: Extract<Targets, { task: 'regression' }>) {
    this.targets = targets
    this.sums = new Float64Array(targets.columns)
    this.squares = new Float64Array(targets.columns)
    this.residuals = new Float64Array(targets.columns)
  }

  add({ outputs, from }: Piece): void {
    const { columns, values } = this.targets
    for (let row = 0; row * columns < outputs.length; row++) {
      this.samples++
      for (let column = 0; column < columns; column++) {
        const target = values[(from + row) * columns + column] ?? 0
        // Moved by a constant of the data, so that large values do not cancel in the variance.
        const centred = target - (values[column] ?? 0)
        const residual = (outputs[row * columns + column] ?? NaN) - target
        this.absolute += Math.abs(residual)
        this.sums[column] = (this.sums[column] ?? 0) + centred
        this.squares[column] = (this.squares[column] ?? 0) + centred ** 2
        this.residuals[column] = (this.residuals[column] ?? 0) + residual ** 2
      }
    }
  }

  scores(): Score[] {
    const { samples, targets } = this
    if (samples === 0)
      return [
        { id: 'mae', value: null },
        { id: 'r2', value: null },
      ]
    const each = Array.from(this.sums, (sum, column) => {
      const variation = (this.squares[column] ?? 0) - sum ** 2 / samples
      return variation > 0 ? 1 - (this.residuals[column] ?? 0) / variation : NaN
    })
    const r2 = each.reduce((sum, value) => sum + value, 0) / targets.columns
    return [
      { id: 'mae', value: this.absolute / (samples * targets.columns) },
      { id: 'r2', value: Number.isFinite(r2) ? r2 : null },
    ]
  }
}
