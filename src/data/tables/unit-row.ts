import { isMissing } from './missing-cells'
import { looksNumeric } from './number-signs'

/** Units are shorter. */
const LONGEST = 24
/** Under a single column of numbers only so short a word is a unit. */
const SHORT = 6

type Row = readonly string[]

/**
 * Whether the row under the header says in which units the columns below are, as `cm,cm,kg,-`: it has no
 * number where all others have one, so it is no sample.
 */
export function isUnitRow(header: Row, row: Row, below: readonly Row[]): boolean {
  if (row.length !== header.length || below.length < 2 || row.some(looksNumeric)) return false
  // Where names are left out or come twice the second row has them: the first is a header of several
  // columns each.
  const isNamed = header.every((cell, column) => cell.trim() !== '' || row[column]?.trim() === '')
  const isRather = new Set(header).size < header.length && new Set(row).size === row.length
  if (!isNamed || isRather || header.some(looksNumeric)) return false
  const numbers = header.flatMap((_, column) => (areNumbers(below, column) ? [column] : []))
  const cells = numbers.map((column) => row[column]?.trim() ?? '')
  const units = cells.filter((cell) => !isMissing(cell))
  return (
    units.length > 0 &&
    2 * units.length >= numbers.length &&
    units.every((unit) => unit.length <= (numbers.length > 1 ? LONGEST : SHORT))
  )
}

/** Whether the row under one of units says what columns are for, as Orange writes it: `,,,class`. */
export function isRoleRow(row: Row, below: readonly Row[]): boolean {
  const numbers = row.flatMap((_, column) => (areNumbers(below, column) ? [column] : []))
  return (
    below.length > 1 &&
    numbers.length > 0 &&
    numbers.every((column) => row[column]?.trim() === '') &&
    row.every(
      (cell, column) => cell.trim() === '' || !below.some((other) => other[column] === cell),
    )
  )
}

function areNumbers(rows: readonly Row[], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? '').filter((cell) => !isMissing(cell))
  return cells.length > 0 && cells.every(looksNumeric)
}
