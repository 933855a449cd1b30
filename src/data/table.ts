import { DecodeUTF8 } from 'fflate'
import Papa from 'papaparse'
import { StudioError } from '../core/errors'
import type { BundleFile } from '../core/file-bundle'
import type { Checkpoint } from '../formats/format'
import { readBytes } from '../formats/read-bytes'
import { compareNames } from './image-folder'

const CHUNK = 2 ** 18
/** Rows by which the kind of a column is guessed. */
const GUESSED_FROM = 1000
const MOST_COLUMNS = 20_000
/** About 400 MB of numbers. */
const MOST_CELLS = 50_000_000
const DELIMITERS = [',', '\t', ';', '|']

export interface TableColumn {
  readonly name: string
  readonly kind: 'number' | 'text'
  /** Of a column of numbers. */
  readonly numbers: Float64Array
  /** Of a column of texts: the different ones, sorted, and which of them each row has. */
  readonly names: readonly string[]
  readonly codes: Int32Array
  /** The first cell that is no number, in a column that seemed to hold numbers or holds texts. */
  readonly notNumber: { readonly line: number; readonly found: string } | null
}

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
export async function readTable(file: BundleFile, checkpoint: Checkpoint): Promise<Table> {
  const builder = new TableBuilder(file.path)
  const decode = new TextStream(file.path)
  let parser: Papa.Parser | null = null
  let text = ''
  for (let at = 0; at < file.size;) {
    const end = Math.min(file.size, at + CHUNK)
    text += decode.push(await readBytes(file, at, end), end === file.size)
    at = end
    await checkpoint(at, file.size)
    parser ??= new Papa.Parser({ delimiter: delimiterOf(text) } as Papa.ParseConfig)
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

function delimiterOf(text: string): string {
  const { meta } = Papa.parse(text, { preview: 20, delimitersToGuess: DELIMITERS })
  return meta.delimiter
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
      throw new StudioError('data/table-syntax', {
        file: this.file,
        line: 1,
        reason: 'the text is neither UTF-8 nor UTF-16',
      })
    }
    return this.text.replace(/^\uFEFF/, '')
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
      others.every((row) => Number.isFinite(numberOf(row[column]))),
    )
    const named = first.some(
      (cell, column) =>
        others.length > 0 && isNumber[column] === true && Number.isNaN(numberOf(cell)),
    )
    // A table of texts alone: names of columns are unlike what is below them.
    const header = named || (others.length > 0 && !isNumber.includes(true) && first.every(isName))
    this.columns = first.map(
      (cell, column) =>
        new ColumnBuilder(
          header && cell.trim() !== '' ? cell.trim() : `column ${column + 1}`,
          isNumber[column] === true && (header || Number.isFinite(numberOf(cell))),
        ),
    )
    for (const { row, line } of this.waiting.slice(header ? 1 : 0)) this.store(row, line)
    this.waiting = []
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
      column.add(row[index] ?? '', line)
    })
  }
}

function isName(cell: string): boolean {
  return /^\s*[\p{L}_][\p{L}\p{N}_ .()/-]*\s*$/u.test(cell)
}

/** A number as tables write it, with a decimal point or comma; NaN for anything else. */
function numberOf(cell: string | undefined): number {
  const text = (cell ?? '').trim()
  if (text === '') return NaN
  const value = Number(/^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text)
  return Number.isFinite(value) ? value : NaN
}

class ColumnBuilder {
  private readonly name: string
  private readonly isNumber: boolean
  private readonly numbers: number[] = []
  private readonly texts: number[] = []
  private readonly known = new Map<string, number>()
  private notNumber: TableColumn['notNumber'] = null

  constructor(name: string, isNumber: boolean) {
    this.name = name
    this.isNumber = isNumber
  }

  add(cell: string, line: number): void {
    const value = numberOf(cell)
    if (Number.isNaN(value))
      this.notNumber ??= { line, found: cell.trim() === '' ? 'nothing' : cell.trim() }
    if (this.isNumber) {
      this.numbers.push(value)
      return
    }
    const text = cell.trim()
    const code = this.known.get(text) ?? this.known.size
    this.known.set(text, code)
    this.texts.push(code)
  }

  finish(): TableColumn {
    const names = [...this.known.keys()].sort(compareNames)
    const place = new Map(names.map((name, index) => [name, index]))
    const order = [...this.known.keys()].map((name) => place.get(name) ?? 0)
    return {
      name: this.name,
      kind: this.isNumber ? 'number' : 'text',
      numbers: Float64Array.from(this.numbers),
      names,
      codes: Int32Array.from(this.texts, (code) => order[code] ?? 0),
      notNumber: this.notNumber,
    }
  }
}
