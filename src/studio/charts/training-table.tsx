import { useTranslation } from 'react-i18next'
import { formatBytes, formatPercent } from '../../ui-kit/format-number'
import { measuredShare } from '../store/measures'
import type { EpochPoint } from '../store/train-slice'
import { ChartTable } from './chart-table'

export function TrainingTable({ epochs }: { readonly epochs: readonly EpochPoint[] }) {
  const { t } = useTranslation('charts')
  return (
    <ChartTable
      caption={t('training.caption')}
      columns={[
        t('training.epoch'),
        t('training.validation'),
        t('training.sparsity'),
        t('training.size'),
        t('training.best'),
      ]}
      rows={epochs.map(({ epoch, measure, sparsity, zippedBytes, best }) => {
        const share = measuredShare(measure)
        return {
          key: String(epoch),
          cells: [
            String(epoch),
            share === null ? '' : formatPercent(share),
            formatPercent(sparsity, 1),
            `≈\u00A0${formatBytes(zippedBytes)}`,
            best ? '✓' : '',
          ],
        }
      })}
    />
  )
}
