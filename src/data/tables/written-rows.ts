import { hasThousands } from './number-format'
import type { NumberFormat } from './number-format'
import { looksNumeric, readSigned, unsigned } from './number-signs'

/** A number as it was written and read. */
export interface ReadNumber {
  readonly written: string
  readonly value: number
}

/** A single column may be called 0 as its values are. */
export function canComeAgain(header: readonly string[]): boolean {
  return header.length > 1 || !header.some(looksNumeric)
}

/** The start of a row, as it can be said in a sentence. */
export function writtenRow(row: readonly string[], separator: string): string {
  const cells = row.map((cell) => cell.trim())
  const text = cells.filter((cell) => cell !== '').join(separator === ' ' ? ' ' : ', ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** NumPy writes the names of columns into a comment: `# a,b,c`. */
export function withoutMark(row: readonly string[], mark: string): readonly string[] {
  return row
    .map((cell, at) => (at === 0 ? cell.slice(mark.length).trim() : cell))
    .filter((cell, at) => at > 0 || cell !== '')
}

export function isSame(row: readonly string[], other: readonly string[]): boolean {
  return row.length === other.length && row.every((cell, at) => cell === other[at])
}

/** The first number with thousands marks; null where there is none. */
export function firstThousands(
  rows: readonly (readonly string[])[],
  format: NumberFormat,
): ReadNumber | null {
  if (format.thousands === 'none') return null
  const written = rows.flat().find((cell) => hasThousands(unsigned(cell).text, format))
  if (written === undefined) return null
  return { written: written.trim(), value: readSigned(written, format).value }
}
