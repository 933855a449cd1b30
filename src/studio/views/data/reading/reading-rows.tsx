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
export function ReadingRows({ preview: { columns, rows, width } }: RowsProps) {
  const { t } = useTranslation('page')
  const shown = columns.flatMap(({ place, role }, at) =>
    place < FIRST || place === width - 1 || role === 'label' ? [at] : [],
  )
  const placeOf = (at: number): number => columns[at]?.place ?? -1
  const isCut = (at: number, index: number): boolean =>
    placeOf(at) !== placeOf(shown[index - 1] ?? -1) + 1
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
          {shown.map((at, index) => {
            const { place = at, name, role = null } = columns[at] ?? {}
            return (
              <th
                key={place}
                scope="col"
                data-role={role ?? undefined}
                data-cut={isCut(at, index) || undefined}
              >
                {name}
                <small>{role !== null && t(`reading.roles.${role}`)}</small>
              </th>
            )
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // Rows have no names, and never change places.
          <tr key={index}>
            {shown.map((at, index) => (
              <td
                key={placeOf(at)}
                data-role={columns[at]?.role ?? undefined}
                data-cut={isCut(at, index) || undefined}
              >
                {row[at]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}
