import { compareNames } from '../class-labels'
import { NAMED } from '../reading/reading'
import { isNothingName } from './missing-cells'
import type { NothingChoice } from './missing-cells'
import type { PercentChoice } from './number-signs'

/** Numbers with signs that may be names of classes are no more. */
const FEW = 100
/** Stands for the text of a cell that is missing. */
const NO_TEXT = -1

export interface TableColumn {
  readonly name: string
  /** The header has no name for it. */
  readonly isUnnamed: boolean
  readonly kind: 'number' | 'text'
  /** Of a column of numbers. */
  readonly numbers: Float64Array
  /** Whole numbers that a float64 cannot tell apart, as they are written, by row. */
  readonly longNumbers: ReadonlyMap<number, string>
  /** Of a column of texts: the different ones, sorted, and which of them each row has; -1 where it is missing. */
  readonly names: readonly string[]
  readonly codes: Int32Array
  /** How many cells are numbers. */
  readonly numeric: number
  /** Rows without a value, and in which lines the first of them are. */
  readonly missing: Int32Array
  readonly missingLines: readonly number[]
  /** The first cell that is no number, in a column that seemed to hold numbers or holds texts. */
  readonly notNumber: { readonly line: number; readonly found: string } | null
  /** The sign beside its numbers, `%` or one of money, with the first such cell as it was read; null: none. */
  readonly sign: {
    readonly mark: string
    readonly written: string
    readonly value: number
    /** How each number comes first, of those that are few. */
    readonly texts: ReadonlyMap<number, string>
  } | null
  /** Among its texts one such as None; null where there is none. */
  readonly nothing: NothingTexts | null
}

/** Cells that say None or the like beside other texts: missing, or of a class that is called so. */
interface NothingTexts {
  readonly text: string
  readonly count: number
  /** They come as often as the other texts do, or beside a single other one. */
  readonly isLikelyClass: boolean
  readonly isClass: boolean
}

/** How a person wants cells to be read that can be read in two ways; null: as guessed. */
interface CellChoices {
  readonly percent: PercentChoice
  readonly nothing: NothingChoice | null
}

export interface ColumnHead {
  readonly name: string
  readonly isUnnamed: boolean
  readonly isNumber: boolean
}

/** Lines of cells that are written alike. */
interface Written {
  readonly lines: number[]
  count: number
}

interface SignedCell {
  readonly line: number
  readonly written: string
  readonly value: number
}

/** What a cell says, as text; '' where it is missing. */
export function textOf(column: TableColumn, row: number): string {
  const { kind, numbers, longNumbers, names, codes } = column
  if (kind === 'text') return names[codes[row] ?? NO_TEXT] ?? ''
  const value = numbers[row] ?? NaN
  return Number.isNaN(value) ? '' : (longNumbers.get(row) ?? String(value))
}

/** Collects the cells of one column, as numbers or as texts. */
export class ColumnBuilder {
  private readonly head: ColumnHead
  private readonly choices: CellChoices
  private readonly numbers: number[] = []
  private readonly texts: number[] = []
  private readonly longNumbers = new Map<number, string>()
  private readonly known = new Map<string, number>()
  private readonly missing: number[] = []
  /** In which lines what stands for no value comes first, by how it is written. */
  private readonly absent = new Map<string, Written>()
  /** Signs beside numbers, with the first cell of each. */
  private readonly signs = new Map<string, SignedCell>()
  private readonly signed = new Map<number, string>()
  private percents = 0
  private rows = 0
  private numeric = 0
  private notNumber: TableColumn['notNumber'] = null

  constructor(head: ColumnHead, choices: CellChoices) {
    this.head = head
    this.choices = choices
  }

  /**
   * @param value of the cell as a number, NaN where it is none
   * @param sign beside this number, '' where there is none
   * @param isMissing whether the cell stands for no value at all
   */
  add(cell: string, value: number, sign: string, line: number, isMissing: boolean): void {
    const text = cell.trim()
    const row = this.rows++
    if (isMissing) this.addMissing(text, row, line)
    else if (!Number.isNaN(value)) {
      this.numeric++
      if (sign !== '') this.addSign(sign, { line, written: text, value })
    }
    // What is too large for a number is none.
    if (!isMissing && !Number.isFinite(value))
      this.notNumber ??= { line, found: text === '' ? 'nothing' : text }
    if (this.head.isNumber) {
      this.numbers.push(isMissing ? NaN : value)
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[+-]?\d+$/.test(text))
        this.longNumbers.set(row, text)
      return
    }
    const code = this.known.get(text) ?? this.known.size
    this.known.set(text, code)
    this.texts.push(code)
  }

  get isNumber(): boolean {
    return this.head.isNumber
  }

  /** Whether one of its cells is this text. */
  has(text: string): boolean {
    return this.known.has(text)
  }

  private addMissing(text: string, row: number, line: number): void {
    this.missing.push(row)
    const written = this.absent.get(text) ?? { lines: [], count: 0 }
    this.absent.set(text, written)
    written.count++
    if (written.lines.length < NAMED) written.lines.push(line)
  }

  private addSign(sign: string, cell: SignedCell): void {
    if (!this.signs.has(sign)) this.signs.set(sign, cell)
    if (this.signed.size <= FEW && !this.signed.has(cell.value))
      this.signed.set(cell.value, cell.written)
    if (sign === '%') this.percents++
  }

  finish(): TableColumn {
    const nothing = this.nothingTexts()
    const absent = this.absentTexts(nothing)
    const names = [...this.known.keys()].filter((name) => !absent.has(name)).sort(compareNames)
    const place = new Map(names.map((name, index) => [name, index]))
    const order = [...this.known.keys()].map((name) => place.get(name) ?? NO_TEXT)
    const codes = Int32Array.from(this.texts, (code) => order[code] ?? NO_TEXT)
    const { name, isUnnamed, isNumber } = this.head
    const otherSign = this.otherSign()
    const factor = this.percents > 0 && this.choices.percent === 'hundredths' ? 100 : 1
    return {
      name,
      isUnnamed,
      kind: isNumber ? 'number' : 'text',
      numbers: Float64Array.from(this.numbers, (value) => value / factor),
      longNumbers: this.longNumbers,
      names,
      codes,
      numeric: this.numeric,
      missing: Int32Array.from(
        isNumber ? this.missing : this.missing.filter((row) => codes[row] === NO_TEXT),
      ),
      missingLines: [...this.absent]
        .flatMap(([text, { lines }]) => (absent.has(text) ? lines : []))
        .sort((a, b) => a - b)
        .slice(0, NAMED),
      notNumber: this.notNumber ?? otherSign,
      sign: isNumber && otherSign === null ? this.firstSign(factor) : null,
      nothing,
    }
  }

  private firstSign(factor: number): TableColumn['sign'] {
    const [first] = this.signs
    if (first === undefined) return null
    const [mark, { written, value }] = first
    const texts = new Map([...this.signed].map(([number, text]) => [number / factor, text]))
    return { mark, written, value: value / factor, texts }
  }

  /** Hundredths beside plain numbers, or money of two kinds: nobody knows what such a column measures. */
  private otherSign(): TableColumn['notNumber'] {
    const mixed = this.percents > 0 && this.percents < this.numeric
    const [, second] = [...this.signs.values()]
    const cell = mixed ? this.signs.get('%') : second
    return cell === undefined ? null : { line: cell.line, found: cell.written }
  }

  /** Names are like names, and come as often: half as often as the others on average is enough. */
  private nothingTexts(): NothingTexts | null {
    const written = [...this.absent].filter(([text]) => isNothingName(text))
    const [first] = written.sort(([, a], [, b]) => b.count - a.count)
    const others = this.known.size - this.absent.size
    if (this.head.isNumber || first === undefined || others === 0) return null
    const [text, { count }] = first
    const { nothing } = this.choices
    const isLikelyClass = this.isLikelyName(count)
    return {
      text,
      count,
      isLikelyClass,
      isClass: nothing === null ? isLikelyClass : nothing === 'aClass',
    }
  }

  private isLikelyName(count: number): boolean {
    const others = [...this.known.keys()].filter((name) => !this.absent.has(name))
    const samples = this.rows - this.missing.length
    return (
      others.length === 1 ||
      (2 * others.length <= this.rows &&
        2 * count * others.length >= samples &&
        !others.every((name) => TRUTHS.has(name.toLowerCase())))
    )
  }

  /** Beside a single other text a written one is the second, as `-` beside `+`, and not missing. */
  private absentTexts(nothing: NothingTexts | null): ReadonlySet<string> {
    const absent = [...this.absent.keys()]
    const others = this.known.size - absent.length
    const isName = (text: string): boolean => {
      if (!isNothingName(text)) return others === 1 && text !== ''
      if (nothing === null || this.choices.nothing !== null) return nothing?.isClass === true
      return this.isLikelyName(this.absent.get(text)?.count ?? 0)
    }
    return new Set(absent.filter((text) => !isName(text)))
  }
}

const TRUTHS: ReadonlyMap<string, number> = new Map([
  ['false', 0],
  ['true', 1],
])

/** Whether all its texts are True or False, as pandas writes them. */
export function isTruth({ kind, names }: TableColumn): boolean {
  return (
    kind === 'text' && names.length > 0 && names.every((name) => TRUTHS.has(name.toLowerCase()))
  )
}

/** The numbers of a column, True as 1 and False as 0; NaN where a cell is missing; null for texts. */
export function numbersOf(column: TableColumn): Float64Array | null {
  if (column.kind === 'number') return column.notNumber === null ? column.numbers : null
  if (!isTruth(column)) return null
  const values = column.names.map((name) => TRUTHS.get(name.toLowerCase()) ?? NaN)
  return Float64Array.from(column.codes, (code) => values[code] ?? NaN)
}
