import { isMissing } from './missing-cells'
import { looksNumeric } from './number-signs'

/** After the last row more lines than these are none of a footer. */
export const MOST_BELOW = 10

/** What stands before sums under a table. */
const SUMS =
  /^(?:(?:grand |sub-?)?totals?|sum|mean|average|avg|median|std(?:ev)?|summe|gesamt|mittelwert|durchschnitt|合计|总计|小计|总和|平均值?)(?:\s*[:：=(].*)?$/iu
/** What stands there too, and may as well be a name: somebody is called Max. */
const OTHER_SUMS = /^(?:min(?:imum)?|max(?:imum)?|count)(?:\s*[:：=(].*)?$/i

type Row = readonly string[]

/** What is known of the rows above a footer. */
export interface TableBody {
  /** Cells that a row has. */
  readonly width: number
  /** Whether what is in a column is numbers, on the whole. */
  readonly isNumber: (column: number) => boolean
  /** Whether a column has this text in another row, too. */
  readonly hasAgain: (column: number, text: string) => boolean
}

/** How many of the last rows are none: a remark, a sum, a line of dashes. */
export function footerLength(rows: readonly Row[], body: TableBody): number {
  const most = Math.min(MOST_BELOW, rows.length - 2)
  let count = 0
  while (count < most && isFooter(rows.at(-1 - count) ?? [], body)) count++
  return Math.max(0, count)
}

function isFooter(row: Row, { width, isNumber, hasAgain }: TableBody): boolean {
  const filled = row.flatMap((cell, column) => {
    const text = cell.trim()
    return text === '' ? [] : [{ text, column }]
  })
  const texts = filled.filter(({ text }) => !looksNumeric(text))
  const [first] = texts
  if (first === undefined || row.length > width) return false
  const { column, text } = first
  const isWord = SUMS.test(text) || (isNumber(column) && OTHER_SUMS.test(text))
  const isSum = isWord && !hasAgain(column, text)
  // A remark may hold what parts cells; a row that was cut short has numbers where others have them.
  const isRemark = texts.some((cell) => isNumber(cell.column) && !isMissing(cell.text))
  if (row.length < width && (isSum || isRemark)) return true
  if (filled.length > 1) return isSum && texts.filter((cell) => !isMissing(cell.text)).length === 1
  if (isSum) return width > 1 || isNumber(column)
  if (width < 2) return false
  // A bare word where words stand is rather the start of a row that was cut short.
  if (row.length < width) return isNumber(column) || /[\s:()=]|^[-=_*.#]+$/.test(text)
  // A row that lacks all else is one all the same where its column holds texts.
  return isNumber(column) && !isMissing(text)
}

/** What rows say of themselves, the first of which may be a header. */
export function bodyOfRows(rows: readonly Row[]): TableBody {
  const below = rows.slice(1)
  const cellsOf = (column: number): readonly string[] =>
    below.flatMap((row) => {
      const cell = row[column]
      return cell === undefined || isMissing(cell) ? [] : [cell.trim()]
    })
  return {
    width: usualWidth(below),
    isNumber: (column) => {
      const cells = cellsOf(column)
      return 2 * cells.filter(looksNumeric).length > cells.length
    },
    hasAgain: (column, text) => cellsOf(column).filter((cell) => cell === text).length > 1,
  }
}

/** The number of cells that most rows have. */
export function usualWidth(rows: readonly Row[]): number {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0]
}
