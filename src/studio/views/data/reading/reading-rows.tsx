import { useTranslation } from 'react-i18next'
import type { ReadingPreview } from '../../../../data/reading/reading'
import { formatCount } from '../../../../ui-kit/format-number'
import { ScrolledTable } from './scrolled-table'

/** Of a wide table the first columns are shown, the last, and the labels wherever they are. */
const FIRST = 16

interface RowsProps {
  readonly preview: Extract<ReadingPreview, { kind: 'rows' }>
}

/** The first rows, each column with what it is used for. */
export function ReadingRows({ preview: { columns, rows } }: RowsProps) {
  const { t } = useTranslation('page')
  // A row that is too long is what is wrong with the table.
  const width = rows.reduce((most, row) => Math.max(most, row.length), columns.length)
  const shown = Array.from({ length: width }, (_, place) => place).filter(
    (place) => place < FIRST || place === width - 1 || columns[place]?.role === 'label',
  )
  const isCut = (place: number, at: number): boolean => place !== (shown[at - 1] ?? -1) + 1
  return (
    <ScrolledTable
      name={
        shown.length < width
          ? t('reading.panel.rowsOfWide', { shown: shown.length, total: formatCount(width) })
          : t('reading.panel.rows')
      }
    >
      <thead>
        <tr>
          {shown.map((place, at) => {
            const column = columns[place]
            return (
              <th
                key={place}
                scope="col"
                data-role={column?.role}
                data-cut={isCut(place, at) || undefined}
              >
                {column?.name}
                <small>{column !== undefined && t(`reading.roles.${column.role}`)}</small>
              </th>
            )
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // Rows have no names, and never change places.
          <tr key={index}>
            {shown.map((place, at) => (
              <td
                key={place}
                data-role={columns[place]?.role}
                data-cut={isCut(place, at) || undefined}
              >
                {row[place]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}
