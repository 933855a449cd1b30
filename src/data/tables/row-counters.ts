import type { Table } from './table'
import type { TableColumn } from './table-column'

/** From which numbers two columns count the rows of their tables. */
export interface RowCounters {
  readonly samples: number
  readonly labels: number
}

/** Programs count rows from 0 or 1, or from the line under a header. */
const MOST = 2

/**
 * Two columns that only count the rows, of tables with as many rows: whatever each counts from, the
 * rows are in the same order. null where they are not such.
 */
export function countersOf(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
): RowCounters | null {
  if (samples.rows !== labels.rows) return null
  const isPaired = samples.parts.length === labels.parts.length
  if (isPaired && samples.parts.some(({ rows }, place) => rows !== labels.parts[place]?.rows))
    return null
  const [own, theirs] = [startOf(samples, sample), startOf(labels, label)]
  return own === null || theirs === null ? null : { samples: own, labels: theirs }
}

/** The first number of a column that counts all rows, or those of each file anew. */
function startOf({ parts, rows }: Table, { kind, numbers }: TableColumn): number | null {
  const [start] = numbers
  if (kind !== 'number' || start === undefined || start < 0 || start > MOST) return null
  const begins = new Set(parts.map((part) => part.rows))
  for (let row = 1; row < rows; row++) {
    const before = numbers[row - 1] ?? NaN
    const value = numbers[row]
    if (value !== before + 1 && !(begins.has(row) && value === start)) return null
  }
  return start
}
