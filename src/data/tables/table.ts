import Papa from 'papaparse'
import { isStudioError, StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { textEncodings } from '../../files/likely-encoding'
import type { TextEncoding } from '../../files/likely-encoding'
import { readBytes } from '../../files/read-bytes'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl } from '../reading/reading'
import { decimalMarks, thousandsMarks } from './number-format'
import { missingRowChoices } from './missing-cells'
import { arffHead } from './arff'
import { formOfText } from './other-forms'
import { MOST_ABOVE, commentMarks, likelyDialect, separators } from './table-dialect'
import type { TableDialect } from './table-dialect'
import { CHUNK, encodingOf, TextStream } from './table-text'
import { TableBuilder, belowChoices } from './table-builder'
import type { Gap } from './blank-lines'
import type { TableColumn } from './table-column'
import { placeOf } from './table-parts'
import type { TablePart } from './table-parts'

/** A table as it was understood; of one that could not be read to its end, as far as it was. */
export interface Table {
  /** Its first file. */
  readonly file: string
  readonly parts: readonly TablePart[]
  /** Of all files together. */
  readonly lines: number
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
  /** Rows that are no samples. */
  readonly noSamples: TableBuilder['noSamples']
  /** The first row of units and of a footer, as they are written. */
  readonly written: TableBuilder['written']
  /** Empty lines between rows: in a table of one column such a line may be a row without a value. */
  readonly gaps: readonly Gap[]
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
const CORRECTABLE = [
  'data/table-syntax',
  'data/table-ragged',
  'data/tables-differ',
  'data/is-empty',
]

/**
 * Reads a table of text. All that was guessed is a control of it, as it was guessed of the first file.
 * @param files of one form, whose rows come one after the other
 * @throws StudioError 'data/too-large', 'data/other-form', 'open/not-read', what `between` throws
 */
export async function readTable(
  files: readonly BundleFile[],
  choices: ReadingChoices,
  between: Between,
): Promise<Table> {
  const builder = new TableBuilder(choices)
  const chosen = choiceOf(choices, 'tableEncoding', textEncodings)
  let first: { readonly encoding: TextEncoding; readonly dialect: TableDialect } | null = null
  let problem: StudioError | null = null
  try {
    for (const file of files) {
      const guessed = await encodingOf(file, between)
      const reader = new TextReader(file, choices, builder)
      first ??= { encoding: guessed, dialect: likelyDialect('', {}) }
      try {
        await reader.read(new TextStream(file.path, chosen ?? guessed), between)
      } finally {
        if (file === files[0]) first = { ...first, dialect: reader.dialect ?? first.dialect }
      }
      builder.end()
    }
    builder.finish(files[0]?.path ?? '')
  } catch (thrown) {
    if (!isStudioError(thrown) || !CORRECTABLE.includes(thrown.code)) throw thrown
    problem = thrown
  }
  const { dialect, encoding } = first ?? { dialect: likelyDialect('', {}), encoding: 'utf-8' }
  const { head, format, comments, noSamples, thousands, written } = builder
  return {
    file: files[0]?.path ?? '',
    parts: builder.parts,
    lines: builder.lines,
    rows: builder.rows,
    columns: builder.tableColumns(),
    firstRows: builder.firstRows,
    controls: [
      controlOf('tableHeader', headerChoices, [head.hasHeader ? 'yes' : 'no'], choices),
      controlOf('tableAbove', aboveChoices, [String(dialect.linesAbove)], choices, {
        verbatim: true,
      }),
      controlOf('tableBelow', belowChoices, [String(builder.below)], choices, { verbatim: true }),
      controlOf('tableSeparator', separators, [dialect.separator], choices),
      controlOf('tableDecimal', decimalMarks, [format.decimal], choices),
      controlOf('tableThousands', thousandsMarks, [format.thousands], choices),
      controlOf('tableComment', commentMarks, [dialect.comment], choices),
      controlOf('tableEncoding', textEncodings, [encoding], choices),
      controlOf('missingRows', missingRowChoices, ['leaveOut'], choices),
    ],
    facts: {
      dialect,
      comments,
      noSamples,
      written,
      gaps: builder.gaps,
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
    const head = arffHead(this.text)
    const form = head === null ? formOfText(this.text) : null
    if (form !== null) throw new StudioError('data/other-form', { file: this.file.path, form })
    if (head !== null) this.text = this.text.slice(head.length)
    this.dialect = likelyDialect(this.text, {
      ...(head === null ? {} : { linesAbove: 0 }),
      ...(above === null ? {} : { linesAbove: Number(above) }),
      ...(separator === null ? {} : { separator }),
      ...(comment === null ? {} : { comment }),
    })
    if (this.dialect.separatorLine) {
      const end = this.text.indexOf(newline)
      this.text = end === -1 ? '' : this.text.slice(end + newline.length)
    }
    this.builder.begin(this.file.path, this.dialect, head)
    return new Papa.Parser({
      delimiter: this.dialect.separator,
      newline,
      ...(head === null ? {} : { quoteChar: "'" }),
    } as Papa.ParseConfig)
  }

  private parse(parser: Papa.Parser, isMore: boolean): void {
    const { builder } = this
    const { data, errors, meta } = parser.parse(this.text, 0, isMore) as Papa.ParseResult<string[]>
    const [error] = errors
    if (error !== undefined) {
      builder.show(data)
      throw new StudioError('data/table-syntax', {
        ...placeOf(builder.parts, builder.lines + (error.row ?? 0) + 1),
        reason: error.message,
      })
    }
    for (const row of data) builder.add(withoutReturn(row))
    this.text = this.text.slice(meta.cursor)
    if (this.text.length > 16 * CHUNK)
      throw new StudioError('data/table-syntax', {
        ...placeOf(builder.parts, builder.lines + 1),
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
