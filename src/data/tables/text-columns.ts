import Papa from 'papaparse'
import { StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { isImageName } from '../image-header'
import { cellsOfRow, likelyDialect } from './table-dialect'
import { tableHead } from './table-header'
import { encodingOf, TextStream } from './table-text'

/** A column as its file writes it, cell by cell: `007` is no 7. */
export interface TextColumn {
  readonly name: string
  readonly cells: readonly string[]
}

/** Rows by which a header is told from data. */
const GUESSED_FROM = 1000

/**
 * Reads a small table as texts.
 * @returns null where it is no table: no text, or rows that do not have as many cells as its head
 * @throws StudioError 'open/not-read', what `between` throws
 */
export async function readTextColumns(
  file: BundleFile,
  between: Between,
): Promise<readonly TextColumn[] | null> {
  const encoding = await encodingOf(file, between)
  const bytes = await readBytes(file, 0, file.size)
  let text: string
  try {
    text = new TextStream(file.path, encoding).push(bytes, true)
  } catch (thrown) {
    if (thrown instanceof StudioError) return null
    throw thrown
  }
  const dialect = likelyDialect(text, {})
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
  // Whatever else a header is, it names no picture.
  const isData = rows[0]?.some(isImageName) === true
  const head = tableHead(rows.slice(0, GUESSED_FROM), format, isData ? false : null, null)
  const below = head.hasHeader ? rows.slice(1) : rows
  const width = head.columns.length
  if (width < 2 || below.some((row) => row.length < width)) return null
  return head.columns.map(({ name }, column) => ({
    name,
    cells: below.map((row) => row[column] ?? ''),
  }))
}
