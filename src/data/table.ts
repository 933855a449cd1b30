import { DecodeUTF8 } from 'fflate'
import Papa from 'papaparse'
import { StudioError } from '../core/errors'
import type { BundleFile } from '../files/file-bundle'
import { readBytes } from '../files/read-bytes'
import type { Between } from '../files/between'
import { ColumnBuilder } from './table-column'
import type { TableColumn } from './table-column'

const CHUNK = 2 ** 18
/** Rows by which the kind of a column is guessed. */
const GUESSED_FROM = 1000
const MOST_COLUMNS = 20_000
/** About 400 MB of numbers. */
const MOST_CELLS = 50_000_000
const DELIMITERS = ['\t', ';', '|', ',']
/** Lines by which the separator is found. */
const SAMPLE_LINES = 20

export interface Table {
  readonly file: string
  readonly rows: number
  readonly columns: readonly TableColumn[]
}

/**
 * Reads a CSV or TSV file: UTF-8 or UTF-16, the delimiter found out, a header line where the first row
 * has a text above numbers.
 * @throws StudioError 'data/table-syntax', 'data/table-ragged', 'data/is-empty', 'data/too-large',
 * 'open/not-read'
 */
export async function readTable(file: BundleFile, between: Between): Promise<Table> {
  const builder = new TableBuilder(file.path)
  const decode = new TextStream(file.path)
  let parser: Papa.Parser | null = null
  let text = ''
  for (let at = 0; at < file.size;) {
    const end = Math.min(file.size, at + CHUNK)
    text += decode.push(await readBytes(file, at, end), end === file.size)
    at = end
    await between(at, file.size)
    if (parser === null) {
      const delimiter = delimiterOf(text)
      builder.decimalComma = delimiter !== ','
      parser = new Papa.Parser({ delimiter, newline: newlineOf(text) } as Papa.ParseConfig)
    }
    const { data, errors, meta } = parser.parse(text, 0, at < file.size) as Papa.ParseResult<
      string[]
    >
    const [error] = errors
    if (error !== undefined)
      throw new StudioError('data/table-syntax', {
        file: file.path,
        line: builder.lines + (error.row ?? 0) + 1,
        reason: error.message,
      })
    for (const row of data) builder.add(row)
    text = text.slice(meta.cursor)
    if (text.length > 16 * CHUNK)
      throw new StudioError('data/table-syntax', {
        file: file.path,
        line: builder.lines + 1,
        reason: 'the line does not end',
      })
  }
  return builder.finish()
}

/** A separator that every line has as often, the comma last: it may be a decimal one. */
function delimiterOf(text: string): string {
  const lines = text.split(/\r\n|\n|\r/, SAMPLE_LINES).filter((line) => line.trim() !== '')
  const regular = DELIMITERS.find((delimiter) => {
    const counts = new Set(lines.map((line) => line.split(delimiter).length))
    return counts.size === 1 && !counts.has(1)
  })
  if (regular !== undefined) return regular
  const { meta } = Papa.parse(text, { preview: SAMPLE_LINES, delimitersToGuess: DELIMITERS })
  return meta.delimiter
}

/** As the first line ends. */
function newlineOf(text: string): '\r\n' | '\n' | '\r' {
  const [first = '\n'] = /\r\n|\n|\r/.exec(text) ?? []
  return first as '\r\n' | '\n' | '\r'
}

/** Text out of bytes that come in pieces; UTF-16 is known by its mark. */
class TextStream {
  private readonly file: string
  private wide: 'little' | 'big' | null = null
  private started = false
  private utf8 = new DecodeUTF8((text) => {
    this.text += text
  })
  private rest = new Uint8Array()
  private text = ''

  constructor(file: string) {
    this.file = file
  }

  push(bytes: Uint8Array, final: boolean): string {
    if (!this.started) {
      this.started = true
      if (bytes[0] === 0xff && bytes[1] === 0xfe) this.wide = 'little'
      else if (bytes[0] === 0xfe && bytes[1] === 0xff) this.wide = 'big'
    }
    if (this.wide !== null) return this.decodeWide(bytes, this.wide)
    this.text = ''
    try {
      this.utf8.push(bytes, final)
    } catch {
      throw this.notUtf8()
    }
    // What the decoder puts for bytes that are no UTF-8 would be in the names of classes.
    if (this.text.includes('\uFFFD')) throw this.notUtf8()
    return this.text.replace(/^\uFEFF/, '')
  }

  private notUtf8(): StudioError {
    return new StudioError('data/table-syntax', {
      file: this.file,
      line: 1,
      reason: 'the text is neither UTF-8 nor UTF-16',
    })
  }

  private decodeWide(bytes: Uint8Array, order: 'little' | 'big'): string {
    const all = new Uint8Array(this.rest.length + bytes.length)
    all.set(this.rest)
    all.set(bytes, this.rest.length)
    const view = new DataView(all.buffer)
    let text = ''
    const whole = all.length - (all.length % 2)
    for (let at = 0; at < whole; at += 2)
      text += String.fromCharCode(view.getUint16(at, order === 'little'))
    this.rest = all.slice(whole)
    return text.replace(/^\uFEFF/, '')
  }
}

/** Collects rows; the first thousand decide what the columns are. */
class TableBuilder {
  private readonly file: string
  private waiting: { readonly row: readonly string[]; readonly line: number }[] = []
  private columns: ColumnBuilder[] = []
  private rows = 0
  lines = 0
  /** Where commas part cells, one inside a cell is no decimal comma. */
  decimalComma = false

  constructor(file: string) {
    this.file = file
  }

  add(row: string[]): void {
    this.lines++
    if (row.length === 1 && row[0]?.trim() === '') return
    if (this.columns.length > 0) {
      this.store(row, this.lines)
      return
    }
    this.waiting.push({ row, line: this.lines })
    if (this.waiting.length > GUESSED_FROM) this.decide()
  }

  finish(): Table {
    if (this.columns.length === 0) this.decide()
    if (this.rows === 0) throw new StudioError('data/is-empty', { file: this.file })
    return {
      file: this.file,
      rows: this.rows,
      columns: this.columns.map((column) => column.finish()),
    }
  }

  private decide(): void {
    const [first = [], ...others] = this.waiting.map(({ row }) => row)
    if (first.length > MOST_COLUMNS)
      throw new StudioError('data/too-large', {
        file: this.file,
        field: 'the number of columns',
        found: first.length,
        limit: MOST_COLUMNS,
      })
    const isNumber = first.map((_, column) =>
      others.every((row) => Number.isFinite(this.numberOf(row[column]))),
    )
    const named = first.some(
      (cell, column) =>
        others.length > 0 && isNumber[column] === true && Number.isNaN(this.numberOf(cell)),
    )
    // A table of texts alone: names of columns are unlike what is below them.
    const header = named || (others.length > 0 && !isNumber.includes(true) && first.every(isName))
    const names = uniqueNames(
      first.map((cell, column) =>
        header && cell.trim() !== '' ? cell.trim() : `column ${column + 1}`,
      ),
    )
    this.columns = first.map(
      (cell, column) =>
        new ColumnBuilder(
          names[column] ?? '',
          isNumber[column] === true && (header || Number.isFinite(this.numberOf(cell))),
        ),
    )
    for (const { row, line } of this.waiting.slice(header ? 1 : 0)) this.store(row, line)
    this.waiting = []
  }

  /** A number as tables write it; NaN for anything else, an empty cell too. */
  private numberOf(cell: string | undefined): number {
    const text = (cell ?? '').trim()
    const plain = this.decimalComma ? text.replace(',', '.') : text
    return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN
  }

  private store(row: readonly string[], line: number): void {
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
      column.add(cell, this.numberOf(cell), line)
    })
  }
}

/** Columns are told apart by their names: the second `a` is `a (2)`. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
}

function isName(cell: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_ .()/-]*$/u.test(cell.trim())
}
