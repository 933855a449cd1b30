import Papa from 'papaparse'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { isImageName } from '../image-header'
import { isMissing } from './missing-cells'
import { readNumber } from './number-format'
import { cellsOfRow, likelyDialect } from './table-dialect'
import { CHUNK } from './table-text'

/** Rows by which a table is told from a list or a letter. */
const ROWS = 30

/** Whether a file may be a table of text although its name does not say so, as `iris.data`. */
export function isPlainName(path: string): boolean {
  return /\.(?:txt|data|dat)$/i.test(path)
}

/**
 * Whether a file of text is a table by its start: rows of as many cells, and at least two columns of
 * numbers, which numbered lists of names and of pictures do not have.
 * @throws StudioError 'open/not-read'
 */
export async function isPlainTable(file: BundleFile): Promise<boolean> {
  if (!isPlainName(file.path)) return false
  const bytes = await readBytes(file, 0, Math.min(file.size, CHUNK))
  // Letters do not matter here, and in UTF-16 every other byte of a number is zero.
  const text = new TextDecoder('windows-1252').decode(bytes.filter((byte) => byte !== 0))
  // oxlint-disable-next-line no-control-regex -- what no table holds, and every other file does
  if (/[\u0001-\u0008\u000e-\u0019\u001b-\u001f]/.test(text)) return false
  const rows = rowsOf(text, bytes.length < file.size)
  const [first = [], second = []] = rows
  const width = second.length
  if (rows.length < 3 || width < 2 || first.some(isImageName) || second.some(isImageName))
    return false
  const below = rows.slice(1)
  if (below.some((row) => row.length !== width)) return false
  const numbers = second.filter((_, column) => areNumbers(below.map((row) => row[column])))
  return numbers.length >= 2
}

function rowsOf(text: string, isCut: boolean): string[][] {
  const dialect = likelyDialect(text, {})
  const whole = isCut ? text.slice(0, text.search(/[\r\n][^\r\n]*$/)) : text
  const { data } = Papa.parse<string[]>(whole, {
    delimiter: dialect.separator,
    skipEmptyLines: 'greedy',
    preview: ROWS + dialect.linesAbove,
    ...(dialect.comment === 'none' ? {} : { comments: dialect.comment }),
  })
  return data
    .slice((dialect.separatorLine ? 1 : 0) + dialect.linesAbove)
    .map((row) => cellsOfRow(row, dialect.separator))
}

function areNumbers(cells: readonly (string | undefined)[]): boolean {
  const present = cells.filter((cell) => !isMissing(cell))
  return present.length > 0 && present.every((cell) => isNumber(cell))
}

function isNumber(cell: string | undefined): boolean {
  return (['.', ','] as const).some((decimal) =>
    Number.isFinite(readNumber(cell, { decimal, thousands: 'none' })),
  )
}
