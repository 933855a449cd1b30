import type { ColumnRole, ReadingPreview } from '../reading/reading'
import type { ColumnPlan } from './column-plan'
import type { Table } from './table'

/** Of a wide table the first columns are shown, the last, and labels wherever they are. */
const FIRST_COLUMNS = 50
const MOST_LABELS = 50

/** The first rows of a table, in as many columns as can be looked at. */
export function rowsPreview(
  { columns, firstRows }: Pick<Table, 'columns' | 'firstRows'>,
  { labels, leftOut }: Pick<ColumnPlan, 'labels' | 'leftOut'>,
): ReadingPreview {
  const isLabel = new Set(labels)
  const isLeftOut = new Set(leftOut)
  const roleOf = (name: string): ColumnRole => {
    if (isLabel.has(name)) return 'label'
    return isLeftOut.has(name) ? 'leftOut' : 'input'
  }
  // A row that is too long is what is wrong with the table.
  const width = firstRows.reduce((most, row) => Math.max(most, row.length), columns.length)
  const places = Array.from({ length: width }, (_, place) => place)
  const labelled = places
    .filter((place) => isLabel.has(columns[place]?.name ?? ''))
    .slice(0, MOST_LABELS)
  const isShown = new Set([...places.slice(0, FIRST_COLUMNS), ...labelled, width - 1])
  const shown = places.filter((place) => isShown.has(place))
  return {
    kind: 'rows',
    width,
    columns: shown.map((place) => {
      const column = columns[place]
      return {
        place,
        name: column?.name ?? '',
        role: column === undefined ? null : roleOf(column.name),
      }
    }),
    rows: firstRows.map((row) => shown.map((place) => row[place] ?? '')),
  }
}
