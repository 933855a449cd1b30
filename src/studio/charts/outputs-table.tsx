import { useTranslation } from 'react-i18next'
import type { WeightPicture } from '../../core/weight-picture'
import { formatCount, formatSignificant } from '../../ui-kit/format-number'
import { ChartTable } from './chart-table'

/** What the images show, output by output, in numbers. */
export function OutputsTable({ picture }: { readonly picture: WeightPicture }) {
  const { t } = useTranslation('charts')
  return (
    <ChartTable
      caption={t('pictures.caption')}
      columns={[
        t('pictures.output'),
        t('sparsity.weights'),
        t('pictures.zerosOriginal'),
        t('pictures.zerosCompressed'),
        t('pictures.normOriginal'),
        t('pictures.normCompressed'),
      ]}
      rows={picture.rows.map((row) => ({
        key: String(row.output),
        cells: [
          formatCount(row.output),
          formatCount(row.weights),
          formatCount(row.zerosBefore),
          formatCount(row.zerosAfter),
          formatSignificant(row.normBefore, 3),
          formatSignificant(row.normAfter, 3),
        ],
      }))}
    />
  )
}
