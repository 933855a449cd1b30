import { Button } from '@mantine/core'
import { memo, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import {
  formatBytes,
  formatPercent,
  formatSignificant,
  formatTick,
} from '../../ui-kit/format-number'
import { isShareKind } from '../store/measures'
import { paretoFront } from './chart-data'
import { axisTick } from './chart-style'
import classes from './charts.module.css'
import { drawnPoints } from './accuracy-points'
import type { AccuracyChartProps, Point } from './accuracy-points'
import { CurrentMark, OriginalMark, studyColor } from './accuracy-marks'
import { TriedMarks } from './tried-marks'

const percent = (share: number) => formatPercent(share, 1)
const coefficient = (value: number) => formatSignificant(value, 3)
const bytesTick = (bytes: number) => (bytes === 0 ? '0' : `${formatTick(bytes)}B`)

/**
 * Every setting that was measured. Points that lie on one another are one; above them stand the original, which
 * nothing covers, and the current one, which is the largest.
 */
export const AccuracyChart = memo(function AccuracyChart(props: AccuracyChartProps) {
  const { rows, original, describe, onUse, onStage, path, shareName, sizeName, kind, studies } =
    props
  const { floor, look, onWhole } = props
  const { t } = useTranslation('charts')
  const { t: stageName } = useTranslation('train')
  const [room, setRoom] = useState({ width: 700, height: 360 })
  const front = useMemo(() => paretoFront(rows.filter(({ random }) => !random)), [rows])
  const walked = useMemo<Point[]>(() => path.map((point) => ({ ...point })), [path])
  const studied = useMemo(
    () =>
      studies.map(({ id: study, points: stages }) =>
        stages.map(({ bytes, index, share, stage }): Point => {
          const name = stageName(`case.stages.${stage}`)
          return { bytes, share, recipe: null, stage: { study, index, name } }
        }),
      ),
    [studies, stageName],
  )
  const isShare = isShareKind(kind)
  const format = isShare ? percent : coefficient
  const exact = isShare ? formatPercent : coefficient
  const { below, control, current, points, scores, sizes, start } = useMemo(
    () =>
      drawnPoints(
        { rows, original, others: [...walked, ...studied.flat()] },
        isShare,
        look,
        floor,
        room,
      ),
    [rows, original, walked, studied, isShare, look, floor, room],
  )
  const goToPoint = ({ payload }: { readonly payload?: unknown }): void => {
    const point = payload as Point | undefined
    if (point?.recipe) onUse(point.recipe)
  }
  const usePoint = useCallback(
    ({ recipe }: Point) => {
      if (recipe !== null) onUse(recipe)
    },
    [onUse],
  )
  const tell = (point: Point) => (
    <div className={classes['tooltip']}>
      <strong>
        {point.stage?.name ?? (point.recipe === null ? t('original') : describe(point.recipe))}
      </strong>
      <div>{formatBytes((point.at ?? point).bytes)}</div>
      <div>
        {shareName} {exact((point.at ?? point).share)}
      </div>
      {(point.covers ?? 0) > 0 && <div>{t('accuracy.covers', { count: point.covers ?? 0 })}</div>}
      {(point.recipe !== null || point.stage !== undefined) && (
        <div>{t('accuracy.clickToUse')}</div>
      )}
    </div>
  )
  return (
    <>
      <ResponsiveContainer
        width="100%"
        height="100%"
        onResize={(width, height) => {
          setRoom({ width, height })
        }}
      >
        <ScatterChart
          margin={{ top: 12, right: 24, bottom: 24, left: 8 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--studio-line)" />
          <XAxis
            type="number"
            dataKey="bytes"
            scale={look.logarithmic ? 'log' : 'linear'}
            domain={[sizes.low, sizes.high]}
            ticks={[...sizes.ticks]}
            allowDataOverflow
            tickFormatter={bytesTick}
            tick={axisTick}
            label={{
              value: sizeName,
              position: 'insideBottom',
              offset: -14,
              fill: 'var(--mantine-color-dimmed)',
              fontSize: 12,
            }}
          />
          <YAxis
            type="number"
            dataKey="share"
            domain={[scores.low, scores.high]}
            ticks={[...scores.ticks]}
            allowDataOverflow
            tickFormatter={format}
            tick={axisTick}
            width={64}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={false}
            content={({ payload }) => {
              const point = payload[0]?.payload as Point | undefined
              return point === undefined ? null : tell(point)
            }}
          />
          {floor !== null && (
            <ReferenceLine
              y={floor}
              stroke="var(--studio-threshold)"
              strokeDasharray="2 5"
              className="allowed"
            />
          )}
          <Scatter
            data={[...front]}
            line={{ stroke: 'var(--studio-compressed)', strokeOpacity: 0.5 }}
            shape={() => <g />}
            isAnimationActive={false}
            tooltipType="none"
            legendType="none"
          />
          <Scatter
            data={walked}
            line={{ stroke: 'var(--studio-compressed)', strokeDasharray: '2 4' }}
            isAnimationActive={false}
            cursor="pointer"
            onClick={goToPoint}
            shape={(item: Drawn) => (
              <circle cx={item.cx} cy={item.cy} r={2.5} fill="var(--studio-compressed)" />
            )}
          />
          <Scatter
            data={control}
            line={{ stroke: 'var(--studio-original)', strokeDasharray: '5 4' }}
            isAnimationActive={false}
            cursor="pointer"
            onClick={goToPoint}
            shape={(item: Drawn) => (
              <path
                transform={`translate(${item.cx ?? 0} ${item.cy ?? 0})`}
                d="M-4 -4 L4 4 M-4 4 L4 -4"
                stroke="var(--studio-original)"
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
              shape={(item: Drawn) => (
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
          <TriedMarks
            points={points}
            sizes={sizes}
            scores={scores}
            logarithmic={look.logarithmic}
            onUse={usePoint}
            tell={tell}
          />
          <Scatter
            data={start}
            isAnimationActive={false}
            shape={(item: Drawn) => <OriginalMark {...spot(item)} />}
          />
          <Scatter
            data={current}
            isAnimationActive={false}
            shape={(item: Drawn) => <CurrentMark {...spot(item)} />}
          />
        </ScatterChart>
      </ResponsiveContainer>
      {below > 0 && (
        <div className={classes['below']} data-export="no">
          <Button size="compact-xs" variant="subtle" onClick={onWhole}>
            {t('accuracy.below', { count: below })}
          </Button>
        </div>
      )}
    </>
  )
})

interface Drawn {
  readonly cx?: number | undefined
  readonly cy?: number | undefined
  readonly payload?: Point
}

/** Where a mark stands, and what it must say of itself. */
function spot({ cx = 0, cy = 0, payload }: Drawn) {
  const { at, bytes = 0, share = 0 } = payload ?? {}
  const off = at === undefined ? null : { right: at.bytes > bytes, down: at.share < share }
  return { x: cx, y: cy, off }
}
