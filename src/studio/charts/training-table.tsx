import { useTranslation } from 'react-i18next'
import type { ReportPlace } from '../../protocol/recipe-messages'
import { formatBytes, formatPercent } from '../../ui-kit/format-number'
import { measuredShare } from '../store/measures'
import type { EpochPoint } from '../store/train-slice'
import { zipBytes } from '../store/zip-bytes'
import { ChartTable } from './chart-table'

interface TrainingTableProps {
  readonly epochs: readonly EpochPoint[]
  readonly report: ReportPlace
}

export function TrainingTable({ epochs, report }: TrainingTableProps) {
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
      rows={epochs.map(({ epoch, measure, sparsity, size, best }) => {
        const share = measuredShare(measure)
        return {
          key: String(epoch),
          cells: [
            String(epoch),
            share === null ? '' : formatPercent(share),
            formatPercent(sparsity, 1),
            `≈\u00A0${formatBytes(zipBytes(size, report))}`,
            best ? '✓' : '',
          ],
        }
      })}
    />
  )
}
