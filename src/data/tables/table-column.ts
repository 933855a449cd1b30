import { compareNames } from '../class-labels'
import { NAMED } from '../reading/reading'

/** Stands for the text of a cell that is missing. */
const NO_TEXT = -1

export interface TableColumn {
  readonly name: string
  /** The header has no name for it. */
  readonly isUnnamed: boolean
  readonly kind: 'number' | 'text'
  /** Of a column of numbers. */
  readonly numbers: Float64Array
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
}

export interface ColumnHead {
  readonly name: string
  readonly isUnnamed: boolean
  readonly isNumber: boolean
}

/** Collects the cells of one column, as numbers or as texts. */
export class ColumnBuilder {
  private readonly head: ColumnHead
  private readonly numbers: number[] = []
  private readonly texts: number[] = []
  private readonly known = new Map<string, number>()
  private readonly missing: number[] = []
  /** In which lines what stands for no value comes first, by how it is written. */
  private readonly absent = new Map<string, number[]>()
  private rows = 0
  private numeric = 0
  private notNumber: TableColumn['notNumber'] = null

  constructor(head: ColumnHead) {
    this.head = head
  }

  /**
   * @param value of the cell as a number, NaN where it is none
   * @param isMissing whether the cell stands for no value at all
   */
  add(cell: string, value: number, line: number, isMissing: boolean): void {
    const text = cell.trim()
    const row = this.rows++
    if (isMissing) this.addMissing(text, row, line)
    else if (!Number.isNaN(value)) this.numeric++
    // What is too large for a number is none.
    if (!isMissing && !Number.isFinite(value))
      this.notNumber ??= { line, found: text === '' ? 'nothing' : text }
    if (this.head.isNumber) {
      this.numbers.push(isMissing ? NaN : value)
      return
    }
    const code = this.known.get(text) ?? this.known.size
    this.known.set(text, code)
    this.texts.push(code)
  }

  private addMissing(text: string, row: number, line: number): void {
    this.missing.push(row)
    const lines = this.absent.get(text)
    if (lines === undefined) this.absent.set(text, [line])
    else if (lines.length < NAMED) lines.push(line)
  }

  finish(): TableColumn {
    const absent = this.absentTexts()
    const names = [...this.known.keys()].filter((name) => !absent.has(name)).sort(compareNames)
    const place = new Map(names.map((name, index) => [name, index]))
    const order = [...this.known.keys()].map((name) => place.get(name) ?? NO_TEXT)
    const codes = Int32Array.from(this.texts, (code) => order[code] ?? NO_TEXT)
    const { name, isUnnamed, isNumber } = this.head
    return {
      name,
      isUnnamed,
      kind: isNumber ? 'number' : 'text',
      numbers: Float64Array.from(this.numbers),
      names,
      codes,
      numeric: this.numeric,
      missing: Int32Array.from(
        isNumber ? this.missing : this.missing.filter((row) => codes[row] === NO_TEXT),
      ),
      missingLines: [...this.absent]
        .flatMap(([text, lines]) => (absent.has(text) ? lines : []))
        .sort((a, b) => a - b)
        .slice(0, NAMED),
      notNumber: this.notNumber,
    }
  }

  /** Beside a single other text a written one is the second, as `-` beside `+`, and not missing. */
  private absentTexts(): ReadonlySet<string> {
    const absent = new Set(this.absent.keys())
    const others = this.known.size - absent.size
    return others === 1 ? new Set(absent.has('') ? [''] : []) : absent
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
