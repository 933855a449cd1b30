import { useTranslation } from 'react-i18next'
import type { HistogramReport } from '../../techniques/weights-report'
import { formatCount, formatSignificant } from '../../ui-kit/format-number'
import { ChartTable } from './chart-table'

export function WeightsTable({ histogram }: { readonly histogram: HistogramReport }) {
  const { t } = useTranslation('charts')
  const width = (histogram.max - histogram.min) / Math.max(1, histogram.before.length)
  return (
    <ChartTable
      caption={t('weights.caption')}
      columns={[t('weights.bin'), t('original'), t('compressed')]}
      rows={histogram.before.map((count, bin) => {
        const from = formatSignificant(histogram.min + bin * width, 3)
        const to = formatSignificant(histogram.min + (bin + 1) * width, 3)
        return {
          key: String(bin),
          cells: [`${from} … ${to}`, formatCount(count), formatCount(histogram.after[bin] ?? 0)],
        }
      })}
    />
  )
}
