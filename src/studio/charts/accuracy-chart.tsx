import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import {
  CartesianGrid,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { Recipe } from '../../techniques/recipe'
import {
  formatBytes,
  formatPercent,
  formatSignificant,
  formatTick,
} from '../../ui-kit/format-number'
import { isShareKind } from '../store/measures'
import type { MeasureKind } from '../store/measures'
import { paretoFront } from './chart-data'
import type { StudyRow, TriedRow } from './chart-data'
import { axisTick } from './chart-style'
import classes from './charts.module.css'
import { roundTicks } from './ticks'

export interface AccuracyChartProps {
  readonly rows: readonly TriedRow[]
  readonly original: { readonly bytes: number; readonly share: number } | null
  readonly shareName: string
  readonly kind: MeasureKind
  readonly describe: (recipe: Recipe) => string
  /** Epochs of a run, in their order. */
  readonly path: readonly {
    readonly bytes: number
    readonly share: number
    readonly recipe: Recipe
  }[]
  /** Case studies, oldest first. */
  readonly studies: readonly StudyRow[]
  readonly onUse: (recipe: Recipe) => void
  readonly onStage: (path: number, stage: number) => void
}

interface Point {
  readonly bytes: number
  readonly share: number
  readonly recipe: Recipe | null
  readonly current: boolean
  /** Where a case study has been: its number, and the position of the stage. */
  readonly stage?: { readonly study: number; readonly index: number; readonly name: string }
}

const percent = (share: number) => formatPercent(share, 1)
const coefficient = (value: number) => formatSignificant(value, 3)
const bytesTick = (bytes: number) => (bytes === 0 ? '0' : `${formatTick(bytes)}B`)

/** Every setting that was measured; the large point is the current one, the diamond the original. */
export const AccuracyChart = memo(function AccuracyChart(props: AccuracyChartProps) {
  const { rows, original, describe, onUse, onStage, path, shareName, kind, studies } = props
  const { t } = useTranslation('charts')
  const { t: stageName } = useTranslation('train')
  const points: Point[] = rows.filter(({ random }) => !random).map((row) => ({ ...row }))
  const control: Point[] = rows
    .filter(({ random }) => random)
    .sort((a, b) => a.bytes - b.bytes)
    .map((row) => ({ ...row }))
  const start: Point[] = original === null ? [] : [{ ...original, recipe: null, current: false }]
  const front = paretoFront(points)
  const walked: Point[] = path.map((point) => ({ ...point, current: false }))
  const studied: Point[][] = studies.map(({ id: study, points: stages }) =>
    stages.map(({ bytes, index, share, stage }) => ({
      bytes,
      share,
      recipe: null,
      current: false,
      stage: { study, index, name: stageName(`case.stages.${stage}`) },
    })),
  )
  const all = [...start, ...points, ...control, ...walked, ...studied.flat()]
  const largest = 1.05 * Math.max(...all.map((point) => point.bytes))
  const isShare = isShareKind(kind)
  const format = isShare ? percent : coefficient
  const [low, high] = valueRange(
    all.map((point) => point.share),
    isShare,
  )
  const goToPoint = ({ payload }: { readonly payload?: unknown }): void => {
    const point = payload as Point | undefined
    if (point?.recipe) onUse(point.recipe)
  }
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ScatterChart margin={{ top: 12, right: 24, bottom: 24, left: 8 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--studio-line)" />
        <XAxis
          type="number"
          dataKey="bytes"
          domain={[0, largest]}
          ticks={[...roundTicks(0, largest, 6)]}
          tickFormatter={bytesTick}
          tick={axisTick}
          label={{
            value: t('accuracy.axisSize'),
            position: 'insideBottom',
            offset: -14,
            fill: 'var(--mantine-color-dimmed)',
            fontSize: 12,
          }}
        />
        <YAxis
          type="number"
          dataKey="share"
          domain={[low, high]}
          ticks={[...roundTicks(low, high, 6)]}
          tickFormatter={format}
          tick={axisTick}
          width={64}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={false}
          content={({ payload }) => {
            const point = payload[0]?.payload as Point | undefined
            if (point === undefined) return null
            return (
              <div className={classes['tooltip']}>
                <strong>
                  {point.stage?.name ??
                    (point.recipe === null ? t('original') : describe(point.recipe))}
                </strong>
                <div>{formatBytes(point.bytes)}</div>
                <div>
                  {shareName} {isShare ? formatPercent(point.share) : coefficient(point.share)}
                </div>
                {(point.recipe !== null || point.stage !== undefined) && (
                  <div>{t('accuracy.clickToUse')}</div>
                )}
              </div>
            )
          }}
        />
        <Scatter
          data={[...front]}
          line={{ stroke: 'var(--studio-compressed)', strokeOpacity: 0.5 }}
          shape={() => <g />}
          isAnimationActive={false}
          tooltipType="none"
          legendType="none"
        />
        <Scatter
          data={start}
          shape="diamond"
          fill="var(--studio-original)"
          isAnimationActive={false}
        />
        <Scatter
          data={walked}
          line={{ stroke: 'var(--studio-compressed)', strokeDasharray: '2 4' }}
          isAnimationActive={false}
          cursor="pointer"
          onClick={goToPoint}
          shape={(item: { cx?: number | undefined; cy?: number | undefined }) => (
            <circle cx={item.cx} cy={item.cy} r={2.5} fill="var(--studio-compressed)" />
          )}
        />
        <Scatter
          data={control}
          line={{ stroke: 'var(--studio-original)', strokeDasharray: '5 4' }}
          isAnimationActive={false}
          cursor="pointer"
          onClick={goToPoint}
          shape={(item: { cx?: number | undefined; cy?: number | undefined; payload?: Point }) => (
            <path
              transform={`translate(${item.cx ?? 0} ${item.cy ?? 0})`}
              d="M-4 -4 L4 4 M-4 4 L4 -4"
              stroke="var(--studio-original)"
              strokeWidth={item.payload?.current === true ? 4 : 2}
            />
          )}
        />
        <Scatter
          data={points}
          isAnimationActive={false}
          cursor="pointer"
          onClick={goToPoint}
          shape={(item: { cx?: number | undefined; cy?: number | undefined; payload?: Point }) => (
            <circle
              cx={item.cx}
              cy={item.cy}
              r={item.payload?.current === true ? 8 : 4.5}
              fill={
                item.payload?.current === true
                  ? 'var(--studio-compressed)'
                  : 'var(--studio-surface)'
              }
              stroke="var(--studio-compressed)"
              strokeWidth={2}
            />
          )}
        />
        {studied.map((stages, study) => (
          <Scatter
            key={studies[study]?.id}
            data={stages}
            line={{ stroke: studyColor(study), strokeWidth: 2 }}
            isAnimationActive={false}
            cursor="pointer"
            onClick={(item) => {
              const { stage } = item.payload as Point
              if (stage !== undefined) onStage(stage.study, stage.index)
            }}
            shape={(item: { cx?: number | undefined; cy?: number | undefined }) => (
              <rect
                x={(item.cx ?? 0) - 5}
                y={(item.cy ?? 0) - 5}
                width={10}
                height={10}
                rx={2}
                fill={studyColor(study)}
              />
            )}
          />
        ))}
      </ScatterChart>
    </ResponsiveContainer>
  )
})

/** Studies are told apart by colour, and by name under the pointer. */
function studyColor(study: number): string {
  const colors = ['violet', 'orange', 'cyan', 'pink', 'lime']
  return `var(--mantine-color-${colors[study % colors.length] ?? 'violet'}-6)`
}

/** Room above and below, so that a flat row of points does not look like a cliff. */
function valueRange(values: readonly number[], isShare: boolean): readonly [number, number] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const pad = Math.max(0.005, (high - low) * 0.12)
  return [isShare ? Math.max(0, low - pad) : low - pad, Math.min(1, high + pad)]
}
