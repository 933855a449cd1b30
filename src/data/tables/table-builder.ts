import { StudioError } from '../../core/errors'
import { choiceOf } from '../reading/reading'
import type { ReadingChoices } from '../reading/reading'
import type { ArffHead } from './arff'
import { BlankLines } from './blank-lines'
import type { Gap } from './blank-lines'
import { columnFormats } from './column-formats'
import { LineCount } from './line-count'
import { missingTest, nothingChoices } from './missing-cells'
import { decimalMarks, thousandsMarks } from './number-format'
import type { NumberFormat } from './number-format'
import { percentChoices, readSigned } from './number-signs'
import { ColumnBuilder } from './table-column'
import type { TableColumn } from './table-column'
import { cellsOfRow } from './table-dialect'
import type { TableDialect } from './table-dialect'
import { tableHead } from './table-header'
import type { TableHead } from './table-header'
import { FilePlace } from './table-parts'
import type { TablePart } from './table-parts'
import { MOST_BELOW, bodyOfRows, footerLength } from './table-tail'
import type { TableBody } from './table-tail'
import { isRoleRow, isUnitRow } from './unit-row'
import { canComeAgain, firstThousands, isSame, withoutMark, writtenRow } from './written-rows'
import type { ReadNumber } from './written-rows'

/** Rows by which the kind of a column is guessed. */
const GUESSED_FROM = 1000
const MOST_COLUMNS = 20_000
/** About 400 MB of numbers. */
export const MOST_CELLS = 50_000_000
/** Rows that are shown. */
const SHOWN = 8
const PLAIN: TableDialect = { separator: ',', comment: 'none', separatorLine: false, linesAbove: 0 }

/** How many of the last lines a person may say are no rows. */
export const belowChoices = Array.from({ length: MOST_BELOW + 1 }, (_, count) => String(count))

interface Row {
  readonly row: readonly string[]
  readonly line: number
}

/** Collects the rows of one file or several; the first thousand decide what the columns are. */
export class TableBuilder {
  private readonly choices: ReadingChoices
  private waiting: Row[] = []
  /** The last rows, of which some may be none. */
  private held: Row[] = []
  private columns: ColumnBuilder[] = []
  private formats: readonly NumberFormat[] = []
  private dialect: TableDialect = PLAIN
  /** Cells of the last comment line above the first row. */
  private noted: readonly string[] | null = null
  /** The first file names its columns above all rows. */
  private isNamed = false
  /** Cells of the first row, where it names the columns, and of a row of units under it. */
  private header: readonly string[] | null = null
  private units: readonly string[] | null = null
  private readonly place = new FilePlace()
  private readonly isMissing: (cell: string | undefined) => boolean
  /** Rows before the header that are still to come. */
  private above = 0
  /** Lines with something in them that may be rows. */
  private seen = 0
  private readonly blanks = new BlankLines()
  rows = 0
  lines = 0
  comments = 0
  /** Rows that are no samples: without any value, the header again, units, and what stands below all. */
  readonly noSamples = {
    empty: new LineCount(),
    header: new LineCount(),
    units: new LineCount(),
    below: new LineCount(),
  }
  /** The first row of units and of a footer, as they are written. */
  readonly written: { units: string; below: string } = { units: '', below: '' }
  head: TableHead = { hasHeader: false, hasRowNames: false, columns: [] }
  format: NumberFormat = { decimal: '.', thousands: 'none' }
  thousands: ReadNumber | null = null
  firstRows: readonly (readonly string[])[] = []

  constructor(choices: ReadingChoices) {
    this.choices = choices
    this.isMissing = missingTest(choices)
  }

  get parts(): readonly TablePart[] {
    return this.place.parts
  }

  /** Lines after the last row of the first file, as they are guessed. */
  get below(): number {
    return this.place.below
  }

  /** Empty lines between rows, with the row that comes after each; none where rows are not simply as they lie. */
  get gaps(): readonly Gap[] {
    const { header, empty } = this.noSamples
    if (this.parts.length > 1 || header.count > 0 || empty.count > 0) return []
    return this.blanks.gaps((this.head.hasHeader ? 1 : 0) + this.noSamples.units.count, this.rows)
  }

  /** A file begins, whose rows come under those of the one before. */
  begin(file: string, dialect: TableDialect, head: ArffHead | null): void {
    this.place.begin(file, this.lines, this.rows)
    this.dialect = dialect
    this.lines += head?.lines ?? 0
    if (this.columns.length === 0) {
      this.isNamed = head !== null
      this.noted = head?.names ?? null
    }
    this.above = dialect.linesAbove
    if (dialect.separatorLine) this.lines++
  }

  /** @throws StudioError 'data/table-ragged', 'data/tables-differ', 'data/too-large' */
  add(cells: string[]): void {
    this.lines++
    const { comment, separator } = this.dialect
    const [start = ''] = cells
    if (cells.length === 1 && start.trim() === '') {
      this.blanks.add(this.lines, this.seen)
      return
    }
    const row = cellsOfRow(cells, separator)
    if (comment !== 'none' && start.startsWith(comment)) {
      this.comments++
      if (this.waiting.length === 0 && this.columns.length === 0 && !this.isNamed)
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
    this.seen++
    if (this.columns.length > 0) {
      if (this.place.startsWith(row, this.header, this.columns.length)) return
      this.hold({ row, line: this.lines })
      return
    }
    this.waiting.push({ row, line: this.lines })
    if (this.waiting.length > GUESSED_FROM) this.decide()
  }

  /** Rows of a table that cannot be read, to be looked at. */
  show(rows: readonly (readonly string[])[]): void {
    if (this.firstRows.length === 0) this.firstRows = rows.slice(0, SHOWN)
  }

  /**
   * A file ends: its last rows may be none.
   * @throws StudioError 'data/table-ragged', 'data/too-large'
   */
  end(): void {
    const isShort = this.columns.length === 0
    const last = isShort ? this.waiting : this.held
    const chosen = choiceOf(this.choices, 'tableBelow', belowChoices)
    const rows = last.map(({ row }) => row)
    const guess = footerLength(rows, isShort ? bodyOfRows(rows) : this.body(rows))
    this.place.ends(guess)
    const count = Math.min(chosen === null ? guess : Number(chosen), last.length)
    for (const { row, line } of last.splice(last.length - count)) {
      this.noSamples.below.add(line)
      this.written.below ||= writtenRow(row, this.dialect.separator)
    }
    if (isShort) this.decide()
    for (const row of this.held) this.store(row)
    this.held = []
  }

  /** @throws StudioError 'data/is-empty' */
  finish(file: string): void {
    if (this.rows === 0) throw new StudioError('data/is-empty', { file })
  }

  tableColumns(): readonly TableColumn[] {
    return this.columns.map((column) => column.finish())
  }

  private body(held: readonly (readonly string[])[]): TableBody {
    return {
      width: this.columns.length,
      isNumber: (column) => this.columns[column]?.isNumber === true,
      hasAgain: (column, text) =>
        this.columns[column]?.has(text) === true ||
        held.filter((row) => row[column]?.trim() === text).length > 1,
    }
  }

  private decide(): void {
    this.place.isAtStart = false
    this.takeUnits()
    const [first = [], ...under] = this.waiting.map(({ row }) => row)
    // A header may come again; where the first row is none, it is a sample like those that equal it.
    const rows = [first, ...under.filter((row) => !isSame(row, first))]
    if (first.length > MOST_COLUMNS)
      throw new StudioError('data/too-large', {
        file: this.place.current,
        field: 'the number of columns',
        found: first.length,
        limit: MOST_COLUMNS,
      })
    const decimal = choiceOf(this.choices, 'tableDecimal', decimalMarks)
    const thousands = choiceOf(this.choices, 'tableThousands', thousandsMarks)
    const below = rows.slice(rows.length > 1 ? 1 : 0)
    const { format, formats } = columnFormats(
      (below[0] ?? first).map((_, column) => below.map((row) => row[column] ?? '')),
      this.dialect.separator,
      {
        ...(decimal === null ? {} : { decimal }),
        ...(thousands === null ? {} : { thousands }),
      },
    )
    this.format = format
    this.formats = formats
    const chosen = choiceOf(this.choices, 'tableHeader', ['yes', 'no'] as const)
    // What comes again in a single column is a value.
    const isSample = this.isNamed || (first.length === 1 && rows.length <= under.length)
    this.head = tableHead(rows, (column) => formats[column] ?? format, {
      chosen: chosen === null ? (isSample ? false : null) : chosen === 'yes',
      noted: this.noted,
      isMissing: this.isMissing,
    })
    this.header = this.head.hasHeader ? first : null
    const cells = {
      percent: choiceOf(this.choices, 'tablePercent', percentChoices) ?? 'hundredths',
      nothing: choiceOf(this.choices, 'nothingLabels', nothingChoices),
    }
    this.columns = this.head.columns.map((column) => new ColumnBuilder(column, cells))
    const samples = this.waiting.slice(this.head.hasHeader ? 1 : 0)
    this.show(samples.map(({ row }) => row))
    this.thousands = firstThousands(
      samples.map(({ row }) => row),
      this.format,
    )
    this.waiting = []
    for (const row of samples) this.hold(row)
  }

  /** A row of units is none of the rows by which columns are known. */
  private takeUnits(): void {
    const [first, second, ...below] = this.waiting
    if (first === undefined || second === undefined) return
    if (this.isNamed || choiceOf(this.choices, 'tableHeader', ['no'] as const) === 'no') return
    const rows = below.map(({ row }) => row)
    if (!isUnitRow(first.row, second.row, rows)) return
    const [third = [], ...others] = rows
    const units = isRoleRow(third, others) ? [second, ...below.slice(0, 1)] : [second]
    this.units = second.row
    this.written.units = writtenRow(second.row, this.dialect.separator)
    for (const { line } of units) this.noSamples.units.add(line)
    this.waiting = [first, ...below.slice(units.length - 1)]
  }

  private hold(row: Row): void {
    this.held.push(row)
    if (this.held.length <= MOST_BELOW) return
    const oldest = this.held.shift()
    if (oldest !== undefined) this.store(oldest)
  }

  private store({ row: cells, line }: Row): void {
    const header = this.place.header ?? this.header
    if (header !== null && isSame(cells, header) && canComeAgain(header)) {
      this.noSamples.header.add(line)
      return
    }
    if (cells.length !== this.columns.length)
      throw new StudioError('data/table-ragged', {
        ...this.place.at(line),
        expected: this.columns.length,
        found: cells.length,
      })
    const row = this.place.inOrder(cells)
    if (this.units !== null && isSame(row, this.units)) {
      this.noSamples.units.add(line)
      return
    }
    this.rows++
    if (this.rows * this.columns.length > MOST_CELLS)
      throw new StudioError('data/too-large', {
        file: this.place.current,
        field: 'the number of cells',
        found: `more than ${MOST_CELLS}`,
        limit: MOST_CELLS,
      })
    this.columns.forEach((column, index) => {
      const cell = row[index] ?? ''
      const { value, sign } = readSigned(cell, this.formats[index] ?? this.format)
      column.add(cell, value, sign, line, !Number.isFinite(value) && this.isMissing(cell))
    })
  }
}
