import { labelRank } from './column-names'
import type { Table } from './table'
import { textOf } from './table-column'
import type { TableColumn } from './table-column'

/** Whether the first row of a table of labels may as well be what it was not taken for. */
export function canTurnHeader(labels: Table): boolean {
  const { facts, columns, firstRows } = labels
  if (facts.hasHeader) return !columns.some((column) => isPlainName(column, labels.rows))
  return columns.every((column, place) => canBeName(column, firstRows[0]?.[place] ?? ''))
}

/** A name of labels, a text above numbers, or one above texts that come again and is none of them. */
function isPlainName({ kind, name, names, missing }: TableColumn, rows: number): boolean {
  if (labelRank(name) !== null) return true
  if (kind === 'number') return !/^\d+$/.test(name)
  return names.length < rows - missing.length && !names.includes(name)
}

/** A number that counts columns, or a text that is above others once. */
function canBeName(column: TableColumn, cell: string): boolean {
  if (column.kind === 'number') return /^[0-9]$/.test(cell.trim()) || cell.trim() === ''
  const first = textOf(column, 0)
  return !column.codes.some((code, row) => row > 0 && column.names[code] === first)
}
