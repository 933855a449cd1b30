import type { OutputKind } from '../../core/output-kind'
import type { OutputMeaning } from '../../core/output-meaning'
import type { AgreementEvent } from '../../protocol/measure-messages'
import { cosineSimilarity, relativeDistance, softmaxDivergence } from './output-distance'

/** Of a thousand classes nobody's noise reaches five hundred; sixteen are enough to tell models apart. */
const MOST_CLASSES_ASKED = 16
/** One class with more than this share would make even a constant model agree. */
const LARGEST_SHARE = 0.8

/** Adds up how far outputs moved, and says it in the words that fit what they mean. */
export class AgreementTally {
  private readonly columns: number
  private readonly kind: OutputKind
  private readonly meaning: OutputMeaning
  private readonly facts: Pick<AgreementEvent, 'against' | 'data'>
  private rows = 0
  private agreeing = 0
  private distance = 0
  private divergence = 0
  private cosine = 0
  private residuals = 0
  private readonly sums: Float64Array
  private readonly squares: Float64Array
  /** The first row; what is summed is centred on it, so that large values do not cancel. */
  private centre: Float64Array | null = null
  private readonly reached = new Map<number, number>()

  constructor(
    columns: number,
    kind: OutputKind,
    meaning: OutputMeaning,
    facts: Pick<AgreementEvent, 'against' | 'data'>,
  ) {
    this.columns = columns
    this.kind = kind
    this.meaning = meaning
    this.facts = facts
    this.sums = new Float64Array(columns)
    this.squares = new Float64Array(columns)
  }

  /**
   * @param expected and found: row-major [rows, columns]
   * @param classes of each row, where outputs are classes
   */
  add(
    expected: Float64Array,
    found: Float64Array,
    classes: { readonly expected: Int32Array; readonly found: Int32Array } | null = null,
  ): void {
    const { columns } = this
    for (let row = 0; row < expected.length / columns; row++) {
      const before = expected.subarray(row * columns, (row + 1) * columns)
      const after = found.subarray(row * columns, (row + 1) * columns)
      this.rows++
      this.distance += relativeDistance(before, after)
      if (this.meaning === 'classes') {
        const known = classes?.expected[row] ?? 0
        if (known === classes?.found[row]) this.agreeing++
        if (this.hasDistribution()) this.divergence += softmaxDivergence(before, after)
        this.reached.set(known, (this.reached.get(known) ?? 0) + 1)
      } else if (this.meaning === 'vectors') this.cosine += cosineSimilarity(before, after)
      else this.addNumbers(before, after)
    }
  }

  event(measured: number, total: number): AgreementEvent {
    const informative = this.isInformative()
    const rows = Math.max(1, this.rows)
    return {
      type: 'agreement',
      ...this.facts,
      meaning: this.meaning,
      measured,
      total,
      agreement: informative ? this.agreeing / rows : null,
      relativeError: this.distance / rows,
      klDivergence: this.hasDistribution() ? this.divergence / rows : null,
      cosine: this.meaning === 'vectors' ? this.cosine / rows : null,
      r2: this.meaning === 'numbers' ? this.fit() : null,
      classesReached: Math.min(this.reached.size, this.classes()),
      classes: this.classes(),
      informative,
    }
  }

  private addNumbers(before: Float64Array, after: Float64Array): void {
    this.centre ??= before.slice()
    for (let column = 0; column < before.length; column++) {
      const value = before[column] ?? 0
      const centred = value - (this.centre[column] ?? 0)
      this.sums[column] = (this.sums[column] ?? 0) + centred
      this.squares[column] = (this.squares[column] ?? 0) + centred ** 2
      this.residuals += ((after[column] ?? NaN) - value) ** 2
    }
  }

  /** 1 - residuals / variation, over all columns together; null where the original's outputs are constant. */
  private fit(): number | null {
    const variation = this.squares.reduce(
      (sum, square, column) =>
        sum + square - (this.sums[column] ?? 0) ** 2 / Math.max(1, this.rows),
      0,
    )
    return variation > 0 ? 1 - this.residuals / variation : null
  }

  /** A sigmoid's columns are not alternatives, and a single column has none. */
  private hasDistribution(): boolean {
    return this.columns > 1 && this.kind !== 'sigmoid' && this.meaning === 'classes'
  }

  private classes(): number {
    if (this.meaning !== 'classes') return 1
    return this.columns > 1 ? this.columns : 2
  }

  private isInformative(): boolean {
    const asked = Math.max(2, Math.min(MOST_CLASSES_ASKED, Math.ceil(this.classes() / 2)))
    const largest = Math.max(0, ...this.reached.values())
    return (
      this.classes() > 1 &&
      this.reached.size >= asked &&
      largest <= LARGEST_SHARE * Math.max(1, this.rows)
    )
  }
}
