import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import {
  Area,
  AreaChart,
  CartesianGrid,
  DefaultZIndexes,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  ZIndexLayer,
  usePlotArea,
} from 'recharts'
import type { HistogramReport } from '../../techniques/weights-report'
import { formatCount, formatSignificant, formatTick } from '../../ui-kit/format-number'
import { histogramRows } from './chart-data'
import { axisTick, tooltipStyle } from './chart-style'
import { histogramTail } from './histogram-tail'
import { ThresholdHandle } from './threshold-handle'
import { countTicks, roundTicks } from './ticks'

interface WeightsChartProps {
  readonly histogram: HistogramReport
  readonly logarithmic: boolean
  readonly onDragThreshold: (threshold: number) => void
  readonly onThreshold: (threshold: number) => void
}

const EMPTY_BIN = 0.5
/** Share of the axis up to which there is room for the name of a threshold between its line and the edge. */
const NAMED_OUTSIDE = 0.8
const weight = (value: number) => (value === 0 ? '0' : formatSignificant(value, 2))
const tick = (value: number) => formatTick(value)
const count = (value: number) => (value < 1 ? '0' : formatTick(value))

/** Weights before (grey) and after (accent), with the threshold and the quantization levels. */
export const WeightsChart = memo(function WeightsChart(props: WeightsChartProps) {
  const { histogram, logarithmic, onDragThreshold, onThreshold } = props
  const { t } = useTranslation('charts')
  const { min, max, threshold, levels } = histogram
  const rows = histogramRows(histogram, logarithmic ? EMPTY_BIN : 0)
  const tail = histogramTail(histogram)
  return (
    <ResponsiveContainer width="100%" height="100%">
      <AreaChart
        data={[...rows]}
        margin={{ top: 8, right: 12, bottom: 4, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--studio-line)" />
        {tail !== null &&
          [-1, 1].map((side) => (
            <ReferenceArea
              key={side}
              x1={side * tail.from}
              x2={side * max}
              fill="var(--studio-threshold)"
              fillOpacity={0.12}
              className="outliers"
            />
          ))}
        <XAxis
          type="number"
          dataKey="from"
          domain={[min, max]}
          tickFormatter={tick}
          tick={axisTick}
          ticks={[...roundTicks(min, max, 6)]}
        />
        <YAxis
          width={56}
          tick={axisTick}
          tickFormatter={count}
          scale={logarithmic ? 'log' : 'linear'}
          domain={logarithmic ? [EMPTY_BIN, 'auto'] : [0, 'auto']}
          allowDataOverflow={logarithmic}
          {...(logarithmic
            ? { ticks: countTicks(Math.max(...histogram.before, ...histogram.after)) }
            : {})}
        />
        <Tooltip
          isAnimationActive={false}
          contentStyle={tooltipStyle}
          labelFormatter={(value) => t('weights.from', { value: weight(Number(value)) })}
          formatter={(value) => formatCount(Math.floor(Number(value)))}
        />
        <Area
          type="stepAfter"
          dataKey="before"
          name={t('original')}
          stroke="var(--studio-original)"
          fill="var(--studio-original)"
          fillOpacity={0.35}
          isAnimationActive={false}
          baseValue={logarithmic ? EMPTY_BIN : 0}
          activeDot={false}
        />
        <Area
          type="stepAfter"
          dataKey="after"
          name={t('compressed')}
          stroke="var(--studio-compressed)"
          strokeWidth={1.5}
          fill="var(--studio-compressed)"
          fillOpacity={0.3}
          isAnimationActive={false}
          baseValue={logarithmic ? EMPTY_BIN : 0}
          activeDot={false}
        />
        {threshold !== null &&
          threshold > 0 &&
          [1, -1].map((side) => (
            <ReferenceLine
              key={side}
              x={side * threshold}
              stroke="var(--studio-threshold)"
              strokeDasharray="4 3"
              label={{
                value: side > 0 ? 't' : '−t',
                // Away from the other one, which may be near.
                position:
                  side > 0 === threshold < NAMED_OUTSIDE * max ? 'insideTopLeft' : 'insideTopRight',
                fill: 'var(--studio-threshold)',
              }}
            />
          ))}
        {threshold !== null && threshold > 0 && (
          // What is drawn above it would get the pointer.
          <ZIndexLayer zIndex={DefaultZIndexes.activeDot + 1}>
            <ThresholdHandle
              threshold={threshold}
              max={max}
              onDrag={onDragThreshold}
              onSettle={onThreshold}
            />
          </ZIndexLayer>
        )}
        <Levels levels={levels} min={min} max={max} />
      </AreaChart>
    </ResponsiveContainer>
  )
})

/** A tick for each level, in one path: 256 reference lines would be 256 components. */
function Levels({
  levels,
  min,
  max,
}: {
  readonly levels: readonly number[]
  readonly min: number
  readonly max: number
}) {
  const area = usePlotArea()
  if (area === undefined || levels.length === 0 || max <= min) return null
  const bottom = area.y + area.height
  const path = levels
    .filter((level) => level >= min && level <= max)
    .map((level) => {
      const x = area.x + ((level - min) / (max - min)) * area.width
      return `M${x.toFixed(1)} ${bottom}v-9`
    })
    .join('')
  return <path d={path} stroke="var(--mantine-color-text)" strokeWidth={1} fill="none" />
}
