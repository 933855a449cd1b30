import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Scatter,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { formatPercent, formatSignificant } from '../../ui-kit/format-number'
import { measuredShare } from '../store/measures'
import type { CurvePoint, EpochPoint } from '../store/train-slice'
import { fittedAxis } from './accuracy-axes'
import { axisTick, tooltipStyle } from './chart-style'
import { percentDecimals } from './ticks'

interface TrainingChartProps {
  readonly curve: readonly CurvePoint[]
  readonly epochs: readonly EpochPoint[]
  /** Of the whole run. */
  readonly total: number
}

const lossTick = (value: number) => formatSignificant(value, 2)

/** Loss on the left; accuracy on the right, in per cent; sparsity from nothing to all of the height. */
export const TrainingChart = memo(function TrainingChart(props: TrainingChartProps) {
  const { curve, epochs, total } = props
  const { t } = useTranslation('charts')
  const measured = useMemo(
    () => epochs.map(({ epoch, measure }) => ({ at: epoch, validation: measuredShare(measure) })),
    [epochs],
  )
  const rows = useMemo(() => curve.map((point) => ({ ...point })), [curve])
  const scores = useMemo(
    () =>
      fittedAxis([
        ...curve.map(({ accuracy }) => accuracy),
        ...measured.map((one) => one.validation),
      ]),
    [curve, measured],
  )
  const prunes = curve.some(({ sparsity }) => sparsity > 0)
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart margin={{ top: 8, right: 8, bottom: 20, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--studio-line)" vertical={false} />
        <XAxis
          type="number"
          dataKey="at"
          domain={[0, total]}
          allowDecimals={false}
          tick={axisTick}
          label={{
            value: t('training.axis'),
            position: 'insideBottom',
            offset: -12,
            fill: 'var(--mantine-color-dimmed)',
            fontSize: 12,
          }}
        />
        <YAxis
          yAxisId="loss"
          domain={[0, 'auto']}
          tick={axisTick}
          tickFormatter={lossTick}
          width={52}
        />
        <YAxis
          yAxisId="share"
          orientation="right"
          domain={[scores.low, scores.high]}
          ticks={[...scores.ticks]}
          tickFormatter={(share: number) => formatPercent(share, percentDecimals(scores.ticks))}
          tick={axisTick}
          width={52}
        />
        <YAxis yAxisId="sparsity" hide domain={[0, 1]} />
        <Tooltip
          isAnimationActive={false}
          contentStyle={tooltipStyle}
          labelFormatter={(at) => `${t('training.epoch')} ${formatSignificant(Number(at), 3)}`}
          formatter={(value, name) => [
            name === t('training.loss')
              ? formatSignificant(Number(value), 3)
              : formatPercent(Number(value)),
            name,
          ]}
        />
        <Line
          yAxisId="loss"
          data={rows}
          dataKey="loss"
          name={t('training.loss')}
          stroke="var(--studio-original)"
          dot={false}
          isAnimationActive={false}
        />
        <Line
          yAxisId="share"
          data={rows}
          dataKey="accuracy"
          name={t('training.accuracy')}
          stroke="var(--studio-compressed)"
          strokeOpacity={0.4}
          dot={false}
          isAnimationActive={false}
        />
        {prunes && (
          <Line
            yAxisId="sparsity"
            data={rows}
            dataKey="sparsity"
            name={t('training.sparsity')}
            type="stepAfter"
            stroke="var(--mantine-color-dimmed)"
            strokeDasharray="4 3"
            dot={false}
            isAnimationActive={false}
          />
        )}
        <Scatter
          yAxisId="share"
          data={measured}
          dataKey="validation"
          name={t('training.validation')}
          fill="var(--studio-compressed)"
          line={{ stroke: 'var(--studio-compressed)', strokeWidth: 2 }}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  )
})
