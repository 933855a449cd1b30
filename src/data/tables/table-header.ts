import type { NumberFormat } from './number-format'
import { readSigned } from './number-signs'
import type { ColumnHead } from './table-column'

/** What the first rows say of the columns. */
export interface TableHead {
  /** Whether the first row names them. */
  readonly hasHeader: boolean
  readonly columns: readonly ColumnHead[]
  /** Header lines of R have no cell for the names of the rows. */
  readonly hasRowNames: boolean
}

/** How the numbers of a column are written. */
type FormatOf = (column: number) => NumberFormat

export interface HeadHints {
  /** Whether the first row is a header, null: as it looks. */
  readonly chosen: boolean | null
  /** Cells of the last comment line above the first row, which may name the columns. */
  readonly noted: readonly string[] | null
  /** Whether a cell stands for no value. */
  readonly isMissing: (cell: string | undefined) => boolean
}

/** Reads the head of a table off its first rows. */
export function tableHead(
  rows: readonly (readonly string[])[],
  formatOf: FormatOf,
  { chosen, noted, isMissing }: HeadHints,
): TableHead {
  const [top = [], ...below] = rows
  const { first, hasRowNames } = aligned(top, below)
  const isNumber = first.map((_, column) => areNumbers(below, column, formatOf(column), isMissing))
  const named = first.map((cell) => (isMissing(cell) ? '' : cell))
  const hasHeader = chosen ?? (hasRowNames || looksLikeHeader(named, below, isNumber, formatOf))
  const names = hasHeader ? first : noted?.length === first.length ? noted : []
  const unique = uniqueNames(
    first.map((_, column) => names[column]?.trim() || `column ${column + 1}`),
  )
  return {
    hasHeader,
    hasRowNames: hasHeader && hasRowNames,
    columns: first.map((cell, column) => ({
      name: hasHeader && hasRowNames && column === 0 ? 'row names' : (unique[column] ?? ''),
      isUnnamed: hasHeader && (names[column] ?? '').trim() === '',
      isNumber:
        isNumber[column] === true &&
        (hasHeader || isMissing(cell) || Number.isFinite(readSigned(cell, formatOf(column)).value)),
    })),
  }
}

/** Whether all that is in a column is numbers; of one without any value nobody knows. */
function areNumbers(
  rows: readonly (readonly string[])[],
  column: number,
  format: NumberFormat,
  isMissing: HeadHints['isMissing'],
): boolean {
  let present = 0
  for (const row of rows) {
    const cell = row[column]
    if (Number.isFinite(readSigned(cell, format).value)) present++
    else if (!isMissing(cell)) return false
  }
  return present > 0 || rows.length === 0
}

/** A header with one cell more or less than every row below: a comma at the end, or names of rows. */
function aligned(
  first: readonly string[],
  below: readonly (readonly string[])[],
): { readonly first: readonly string[]; readonly hasRowNames: boolean } {
  const [width = first.length] = below.map((row) => row.length)
  const even = below.every((row) => row.length === width)
  if (even && first.length === width + 1 && first.at(-1)?.trim() === '')
    return { first: first.slice(0, -1), hasRowNames: false }
  if (!even || first.length !== width - 1) return { first, hasRowNames: false }
  const endsEmpty = below.every((row) => row.at(-1)?.trim() === '')
  return endsEmpty
    ? { first: [...first, ''], hasRowNames: false }
    : { first: ['', ...first], hasRowNames: true }
}

function looksLikeHeader(
  first: readonly string[],
  below: readonly (readonly string[])[],
  isNumber: readonly boolean[],
  formatOf: FormatOf,
): boolean {
  if (below.length === 0) return false
  const named = first.some(
    (cell, column) =>
      isNumber[column] === true &&
      cell.trim() !== '' &&
      Number.isNaN(readSigned(cell, formatOf(column)).value),
  )
  if (named) return true
  if (isCounted(first, below)) return true
  // A table of texts alone, or of texts beside an index without a name: names are unlike what is below them.
  const hasIndex = isNumber[0] === true && first[0]?.trim() === ''
  const from = hasIndex ? 1 : 0
  return !isNumber.slice(from).includes(true) && first.slice(from).every(isName)
}

/** 0, 1, 2 … as pandas names columns that had no names; the label may have one. */
function isCounted(first: readonly string[], below: readonly (readonly string[])[]): boolean {
  const cells = first.map((cell) => cell.trim())
  const counted =
    cells.at(-1) !== undefined && isName(cells.at(-1) ?? '') ? cells.slice(0, -1) : cells
  const [start] = counted
  if (counted.length < 3 || (start !== '0' && start !== '1')) return false
  if (!counted.every((cell, at) => cell === String(Number(start) + at))) return false
  // Rows that count themselves are no header.
  const [second = []] = below
  return (
    second.some((cell, at) => cell.trim() !== cells[at]) &&
    (counted.length > 3 || below.some((row) => row.some((cell) => /[.,]/.test(cell))))
  )
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
