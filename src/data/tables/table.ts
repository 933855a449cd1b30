import Papa from 'papaparse'
import { isStudioError, StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { textEncodings } from '../../files/likely-encoding'
import { readBytes } from '../../files/read-bytes'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl } from '../reading/reading'
import { decimalMarks, thousandsMarks } from './number-format'
import { missingRowChoices } from './missing-cells'
import { MOST_ABOVE, commentMarks, likelyDialect, separators } from './table-dialect'
import type { TableDialect } from './table-dialect'
import { CHUNK, encodingOf, TextStream } from './table-text'
import { TableBuilder } from './table-builder'
import type { LineCount } from './table-builder'
import type { TableColumn } from './table-column'

/** A table as it was understood; of one that could not be read to its end, as far as it was. */
export interface Table {
  readonly file: string
  readonly rows: number
  readonly columns: readonly TableColumn[]
  /** The first rows as they were written. */
  readonly firstRows: readonly (readonly string[])[]
  readonly controls: readonly ReadingControl[]
  readonly facts: TableFacts
  /** Why it could not be read to its end; null where it was. */
  readonly problem: StudioError | null
}

/** What is worth saying of the way it was read. */
export interface TableFacts {
  readonly dialect: TableDialect
  readonly comments: number
  /** Rows that are no samples: without any value, or the header again. */
  readonly noSamples: { readonly empty: LineCount; readonly header: LineCount }
  readonly hasHeader: boolean
  readonly hasRowNames: boolean
  /** A number with thousands marks, as it was written and read. */
  readonly thousands: { readonly written: string; readonly value: number } | null
}

/** Whether the first row names the columns. */
export const headerChoices = ['yes', 'no'] as const

/** How many lines there may be before the header. */
const aboveChoices = Array.from({ length: MOST_ABOVE + 1 }, (_, count) => String(count))

/** What a person may put right; all else is refused. */
const CORRECTABLE = ['data/table-syntax', 'data/table-ragged', 'data/is-empty']

/**
 * Reads a table of text. All that was guessed is a control of it.
 * @throws StudioError 'data/too-large', 'open/not-read', what `between` throws
 */
export async function readTable(
  file: BundleFile,
  choices: ReadingChoices,
  between: Between,
): Promise<Table> {
  const guessed = await encodingOf(file, between)
  const encoding = choiceOf(choices, 'tableEncoding', textEncodings) ?? guessed
  const builder = new TableBuilder(file.path, choices)
  const reader = new TextReader(file, choices, builder)
  let problem: StudioError | null = null
  try {
    await reader.read(new TextStream(file.path, encoding), between)
    builder.finish()
  } catch (thrown) {
    if (!isStudioError(thrown) || !CORRECTABLE.includes(thrown.code)) throw thrown
    problem = thrown
  }
  const dialect = reader.dialect ?? likelyDialect('', {})
  const { head, format, comments, noSamples, thousands } = builder
  return {
    file: file.path,
    rows: builder.rows,
    columns: builder.tableColumns(),
    firstRows: builder.firstRows,
    controls: [
      controlOf('tableHeader', headerChoices, [head.hasHeader ? 'yes' : 'no'], choices),
      controlOf('tableAbove', aboveChoices, [String(dialect.linesAbove)], choices, {
        verbatim: true,
      }),
      controlOf('tableSeparator', separators, [dialect.separator], choices),
      controlOf('tableDecimal', decimalMarks, [format.decimal], choices),
      controlOf('tableThousands', thousandsMarks, [format.thousands], choices),
      controlOf('tableComment', commentMarks, [dialect.comment], choices),
      controlOf('tableEncoding', textEncodings, [guessed], choices),
      controlOf('missingRows', missingRowChoices, ['leaveOut'], choices),
    ],
    facts: {
      dialect,
      comments,
      noSamples,
      hasHeader: head.hasHeader,
      hasRowNames: head.hasRowNames,
      thousands,
    },
    problem,
  }
}

/** Parts the text of a file into rows, a piece at a time. */
class TextReader {
  private readonly file: BundleFile
  private readonly choices: ReadingChoices
  private readonly builder: TableBuilder
  private parser: Papa.Parser | null = null
  private text = ''
  dialect: TableDialect | null = null

  constructor(file: BundleFile, choices: ReadingChoices, builder: TableBuilder) {
    this.file = file
    this.choices = choices
    this.builder = builder
  }

  async read(decode: TextStream, between: Between): Promise<void> {
    const { file } = this
    for (let at = 0; at < file.size;) {
      const end = Math.min(file.size, at + CHUNK)
      this.text += decode.push(await readBytes(file, at, end), end === file.size)
      at = end
      await between(at, file.size)
      this.parser ??= this.begin()
      this.parse(this.parser, at < file.size)
    }
  }

  private begin(): Papa.Parser {
    const separator = choiceOf(this.choices, 'tableSeparator', separators)
    const comment = choiceOf(this.choices, 'tableComment', commentMarks)
    const above = choiceOf(this.choices, 'tableAbove', aboveChoices)
    const newline = newlineOf(this.text)
    this.dialect = likelyDialect(this.text, {
      ...(above === null ? {} : { linesAbove: Number(above) }),
      ...(separator === null ? {} : { separator }),
      ...(comment === null ? {} : { comment }),
    })
    if (this.dialect.separatorLine) {
      const end = this.text.indexOf(newline)
      this.text = end === -1 ? '' : this.text.slice(end + newline.length)
    }
    this.builder.begin(this.dialect)
    return new Papa.Parser({ delimiter: this.dialect.separator, newline } as Papa.ParseConfig)
  }

  private parse(parser: Papa.Parser, isMore: boolean): void {
    const { builder, file } = this
    const { data, errors, meta } = parser.parse(this.text, 0, isMore) as Papa.ParseResult<string[]>
    const [error] = errors
    if (error !== undefined) {
      builder.show(data)
      throw new StudioError('data/table-syntax', {
        file: file.path,
        line: builder.lines + (error.row ?? 0) + 1,
        reason: error.message,
      })
    }
    for (const row of data) builder.add(withoutReturn(row))
    this.text = this.text.slice(meta.cursor)
    if (this.text.length > 16 * CHUNK)
      throw new StudioError('data/table-syntax', {
        file: file.path,
        line: builder.lines + 1,
        reason: 'the line does not end',
      })
  }
}

/** As the first line ends; where a return stands before some line feeds alone, it is no part of the end. */
function newlineOf(text: string): '\r\n' | '\n' | '\r' {
  const [first = '\n'] = /\r\n|\n|\r/.exec(text) ?? []
  return first === '\r\n' && /[^\r]\n/.test(text) ? '\n' : (first as '\r\n' | '\n' | '\r')
}

/** Of a line that ends in another way than the first. */
function withoutReturn(row: string[]): string[] {
  const last = row.at(-1)
  return last?.endsWith('\r') === true ? [...row.slice(0, -1), last.slice(0, -1)] : row
}
