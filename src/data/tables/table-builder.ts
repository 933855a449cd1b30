import { StudioError } from '../../core/errors'
import { NAMED, choiceOf } from '../reading/reading'
import type { ReadingChoices } from '../reading/reading'
import { missingTest } from './missing-cells'
import {
  decimalMarks,
  hasThousands,
  likelyNumberFormat,
  readNumber,
  thousandsMarks,
} from './number-format'
import type { NumberFormat } from './number-format'
import { ColumnBuilder } from './table-column'
import type { TableColumn } from './table-column'
import { cellsOfRow } from './table-dialect'
import type { TableDialect } from './table-dialect'
import { tableHead } from './table-header'
import type { TableHead } from './table-header'

/** Rows by which the kind of a column is guessed. */
const GUESSED_FROM = 1000
const MOST_COLUMNS = 20_000
/** About 400 MB of numbers. */
const MOST_CELLS = 50_000_000
/** Rows that are shown. */
const SHOWN = 8
const PLAIN: TableDialect = { separator: ',', comment: 'none', separatorLine: false, linesAbove: 0 }

/** How many lines there are of a kind, and the first of them. */
export class LineCount {
  readonly first: number[] = []
  count = 0

  add(line: number): void {
    this.count++
    if (this.first.length < NAMED) this.first.push(line)
  }
}

/** Collects rows; the first thousand decide what the columns are. */
export class TableBuilder {
  private readonly file: string
  private readonly choices: ReadingChoices
  private waiting: { readonly row: readonly string[]; readonly line: number }[] = []
  private columns: ColumnBuilder[] = []
  private dialect: TableDialect = PLAIN
  /** Cells of the last comment line above the first row. */
  private noted: readonly string[] | null = null
  /** Cells of the first row, where it names the columns. */
  private header: readonly string[] | null = null
  private readonly isMissing: (cell: string | undefined) => boolean
  /** Rows before the header that are still to come. */
  private above = 0
  rows = 0
  lines = 0
  comments = 0
  /** Rows that are no samples: without any value, or the header again. */
  readonly noSamples = { empty: new LineCount(), header: new LineCount() }
  head: TableHead = { hasHeader: false, hasRowNames: false, columns: [] }
  format: NumberFormat = { decimal: '.', thousands: 'none' }
  thousands: { readonly written: string; readonly value: number } | null = null
  firstRows: readonly (readonly string[])[] = []

  constructor(file: string, choices: ReadingChoices) {
    this.file = file
    this.choices = choices
    this.isMissing = missingTest(choices)
  }

  begin(dialect: TableDialect): void {
    this.dialect = dialect
    this.above = dialect.linesAbove
    if (dialect.separatorLine) this.lines++
  }

  add(cells: string[]): void {
    this.lines++
    const { comment, separator } = this.dialect
    const [start = ''] = cells
    if (cells.length === 1 && start.trim() === '') return
    const row = cellsOfRow(cells, separator)
    if (comment !== 'none' && start.startsWith(comment)) {
      this.comments++
      if (this.waiting.length === 0 && this.columns.length === 0)
        this.noted = withoutMark(row, comment)
      return
    }
    if (this.above > 0) {
      this.above--
      return
    }
    if (row.every((cell) => cell.trim() === '')) {
      this.noSamples.empty.add(this.lines)
      return
    }
    if (this.columns.length > 0) {
      this.store(row, this.lines)
      return
    }
    this.waiting.push({ row, line: this.lines })
    if (this.waiting.length > GUESSED_FROM) this.decide()
  }

  /** Rows of a table that cannot be read, to be looked at. */
  show(rows: readonly (readonly string[])[]): void {
    if (this.firstRows.length === 0) this.firstRows = rows.slice(0, SHOWN)
  }

  /** @throws StudioError 'data/table-ragged', 'data/is-empty', 'data/too-large' */
  finish(): void {
    if (this.columns.length === 0) this.decide()
    if (this.rows === 0) throw new StudioError('data/is-empty', { file: this.file })
  }

  tableColumns(): readonly TableColumn[] {
    return this.columns.map((column) => column.finish())
  }

  private decide(): void {
    const [first = [], ...under] = this.waiting.map(({ row }) => row)
    // A header may come again; where the first row is none, it is a sample like those that equal it.
    const rows = [first, ...under.filter((row) => !isSame(row, first))]
    if (first.length > MOST_COLUMNS)
      throw new StudioError('data/too-large', {
        file: this.file,
        field: 'the number of columns',
        found: first.length,
        limit: MOST_COLUMNS,
      })
    const decimal = choiceOf(this.choices, 'tableDecimal', decimalMarks)
    const thousands = choiceOf(this.choices, 'tableThousands', thousandsMarks)
    const below = rows.slice(rows.length > 1 ? 1 : 0)
    this.format = likelyNumberFormat(
      first.map((_, column) => below.map((row) => row[column] ?? '')),
      this.dialect.separator,
      {
        ...(decimal === null ? {} : { decimal }),
        ...(thousands === null ? {} : { thousands }),
      },
    )
    const chosen = choiceOf(this.choices, 'tableHeader', ['yes', 'no'] as const)
    this.head = tableHead(rows, this.format, {
      chosen: chosen === null ? null : chosen === 'yes',
      noted: this.noted,
      isMissing: this.isMissing,
    })
    this.header = this.head.hasHeader ? first : null
    this.columns = this.head.columns.map((column) => new ColumnBuilder(column))
    const samples = this.waiting.slice(this.head.hasHeader ? 1 : 0)
    this.show(samples.map(({ row }) => row))
    const written = samples
      .flatMap(({ row }) => row)
      .find((cell) => hasThousands(cell, this.format))
    if (written !== undefined)
      this.thousands = { written: written.trim(), value: readNumber(written, this.format) }
    this.waiting = []
    for (const { row, line } of samples) this.store(row, line)
  }

  private store(row: readonly string[], line: number): void {
    if (this.header !== null && isSame(row, this.header)) {
      this.noSamples.header.add(line)
      return
    }
    if (row.length !== this.columns.length)
      throw new StudioError('data/table-ragged', {
        file: this.file,
        line,
        expected: this.columns.length,
        found: row.length,
      })
    this.rows++
    if (this.rows * this.columns.length > MOST_CELLS)
      throw new StudioError('data/too-large', {
        file: this.file,
        field: 'the number of cells',
        found: `more than ${MOST_CELLS}`,
        limit: MOST_CELLS,
      })
    this.columns.forEach((column, index) => {
      const cell = row[index] ?? ''
      const value = readNumber(cell, this.format)
      column.add(cell, value, line, !Number.isFinite(value) && this.isMissing(cell))
    })
  }
}

/** NumPy writes the names of columns into a comment: `# a,b,c`. */
function withoutMark(row: readonly string[], mark: string): readonly string[] {
  return row
    .map((cell, at) => (at === 0 ? cell.slice(mark.length).trim() : cell))
    .filter((cell, at) => at > 0 || cell !== '')
}

function isSame(row: readonly string[], other: readonly string[]): boolean {
  return row.length === other.length && row.every((cell, at) => cell === other[at])
}
