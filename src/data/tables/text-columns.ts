import Papa from 'papaparse'
import { StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { isImageName } from '../image-header'
import { cellsOfRow, likelyDialect } from './table-dialect'
import { tableHead } from './table-header'
import { usualWidth } from './table-tail'
import { encodingOf, TextStream } from './table-text'

/** A column as its file writes it, cell by cell: `007` is no 7. */
export interface TextColumn {
  readonly name: string
  readonly cells: readonly string[]
}

/** A table as texts. */
export interface TextTable {
  readonly columns: readonly TextColumn[]
  /** Rows that lack cells, which were passed over. */
  readonly shortRows: number
}

/** Of all rows, no more may lack cells. */
const MOST_SHORT = 0.1
/** Of all rows, so many must hold the name of a picture in a column before it tells where rows begin. */
const MOST_NAMES = 0.9
/** Lines above the first row of data, such as a title. */
const MOST_ABOVE = 5
/** Rows by which a header is told from data. */
const GUESSED_FROM = 1000

/**
 * Reads a small table as texts.
 * @returns null where it is no table: no text, or too many rows that have fewer cells than its head
 * @throws StudioError 'open/not-read', what `between` throws
 */
export async function readTextColumns(
  file: BundleFile,
  between: Between,
): Promise<TextTable | null> {
  const encoding = await encodingOf(file, between)
  const bytes = await readBytes(file, 0, file.size)
  let text: string
  try {
    text = new TextStream(file.path, encoding).push(bytes, true)
  } catch (thrown) {
    if (thrown instanceof StudioError) return null
    throw thrown
  }
  // What stands above the rows is told by the names of pictures in them.
  const dialect = likelyDialect(text, { linesAbove: 0 })
  const { data } = Papa.parse<string[]>(text, {
    delimiter: dialect.separator,
    skipEmptyLines: 'greedy',
    ...(dialect.comment === 'none' ? {} : { comments: dialect.comment }),
  })
  const rows = data
    .slice(dialect.separatorLine ? 1 : 0)
    .map((row) => cellsOfRow(row, dialect.separator))
  if (rows.length < 2) return null
  const format = { decimal: '.', thousands: 'none' } as const
  const { above, isNamed } = firstPicture(rows)
  const seen = rows.slice(above)
  const width = usualWidth(seen.slice(1))
  const even = seen.filter((row, at) => at === 0 || row.length === width).slice(0, GUESSED_FROM)
  const head = tableHead(even, () => format, {
    chosen: isNamed,
    noted: null,
    isMissing: () => false,
  })
  const below = head.hasHeader ? seen.slice(1) : seen
  const count = head.columns.length
  const whole = below.filter((row) => row.length >= count)
  const shortRows = below.length - whole.length
  if (count < 2 || whole.length === 0 || shortRows > MOST_SHORT * below.length) return null
  return {
    columns: head.columns.map(({ name }, column) => ({
      name,
      cells: whole.map((row) => row[column] ?? ''),
    })),
    shortRows,
  }
}

/** Whatever else a header is, it names no picture: where a column does, what stands above is a header or a title. */
function firstPicture(rows: readonly (readonly string[])[]): {
  readonly above: number
  readonly isNamed: boolean | null
} {
  const width = usualWidth(rows)
  for (let column = 0; column < width; column++) {
    const named = rows.filter((row) => isImageName(row[column]?.trim() ?? ''))
    const first = rows.findIndex((row) => isImageName(row[column]?.trim() ?? ''))
    if (named.length < MOST_NAMES * (rows.length - first) || first > MOST_ABOVE) continue
    if (first >= 0) return { above: Math.max(0, first - 1), isNamed: first > 0 }
  }
  return { above: 0, isNamed: rows[0]?.some(isImageName) === true ? false : null }
}
