import { useTranslation } from 'react-i18next'
import { formatCount, formatPercent } from '../../ui-kit/format-number'
import type { LayerSparsityRow } from './chart-data'
import { ChartTable } from './chart-table'

export function SparsityTable({ rows }: { readonly rows: readonly LayerSparsityRow[] }) {
  const { t } = useTranslation('charts')
  return (
    <ChartTable
      caption={t('sparsity.caption')}
      columns={[t('layer'), t('sparsity.weights'), t('original'), t('compressed')]}
      rows={rows.map((row) => ({
        key: row.name,
        cells: [
          row.name,
          formatCount(row.weights),
          formatPercent(row.before, 1),
          formatPercent(row.after, 1),
        ],
      }))}
    />
  )
}
