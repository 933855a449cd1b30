import { useTranslation } from 'react-i18next'
import { formatCount, formatRatio } from '../../ui-kit/format-number'
import type { SizeRow } from './chart-data'
import { ChartTable } from './chart-table'

interface SizeTableProps {
  readonly rows: readonly SizeRow[]
  /** What kind of file the sizes are of. */
  readonly format: string
  /** What every size is compared with. */
  readonly float32Bytes: number
}

export function SizeTable({ rows, float32Bytes, format }: SizeTableProps) {
  const { t } = useTranslation('charts')
  return (
    <ChartTable
      caption={t('size.caption')}
      columns={[t('size.what'), t('size.bytes'), t('size.ratio'), t('size.exists')]}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          t(`size.rows.${row.id}`, { format }),
          `${row.estimate ? '≈\u00A0' : ''}${formatCount(row.bytes)}\u00A0B`,
          `${formatRatio(float32Bytes / Math.max(1, row.bytes))}×`,
          t(`size.kinds.${row.kind}`),
        ],
      }))}
    />
  )
}
