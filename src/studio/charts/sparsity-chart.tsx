import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { formatPercent } from '../../ui-kit/format-number'
import type { LayerSparsityRow } from './chart-data'
import { axisTick, tooltipStyle } from './chart-style'

const LABELLED_LAYERS = 14

interface SparsityChartProps {
  readonly rows: readonly LayerSparsityRow[]
  readonly onChoose: (layer: string) => void
}

const percent = (share: number) => formatPercent(share, 0)

/** Share of zeros in each layer, before and after. */
export const SparsityChart = memo(function SparsityChart({ rows, onChoose }: SparsityChartProps) {
  const { t } = useTranslation('charts')
  const labelled = rows.length <= LABELLED_LAYERS
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={[...rows]}
        margin={{ top: 8, right: 8, bottom: 4, left: 0 }}
        accessibilityLayer={false}
        onClick={({ activeLabel }) => {
          if (typeof activeLabel === 'string') onChoose(activeLabel)
        }}
      >
        <CartesianGrid vertical={false} stroke="var(--studio-line)" />
        <XAxis
          dataKey="name"
          tick={labelled ? axisTick : false}
          interval={0}
          height={labelled ? 30 : 8}
        />
        <YAxis domain={[0, 1]} tickFormatter={percent} tick={axisTick} width={52} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--studio-line)', opacity: 0.4 }}
          contentStyle={tooltipStyle}
          formatter={(value) => formatPercent(Number(value), 1)}
        />
        <Bar
          dataKey="before"
          name={t('original')}
          fill="var(--studio-original)"
          maxBarSize={48}
          isAnimationActive={false}
        />
        <Bar
          dataKey="after"
          name={t('compressed')}
          fill="var(--studio-compressed)"
          maxBarSize={48}
          isAnimationActive={false}
        />
      </BarChart>
    </ResponsiveContainer>
  )
})
