import { memo, useCallback, useMemo, useState } from 'react'
import type { MouseEvent, ReactNode } from 'react'
import { DefaultZIndexes, usePlotArea, ZIndexLayer } from 'recharts'
import type { Axis } from './accuracy-axes'
import { GatheredMark } from './accuracy-marks'
import type { Point } from './accuracy-points'

/** Room of what is told of a point, in pixels; it takes as much of it as it needs. */
const TOLD = { width: 260, height: 150 }
const BESIDE = 14

interface TriedMarksProps {
  readonly points: readonly Point[]
  readonly sizes: Axis
  readonly scores: Axis
  readonly logarithmic: boolean
  readonly onUse: (point: Point) => void
  readonly tell: (point: Point) => ReactNode
}

interface Placed {
  readonly point: Point
  readonly x: number
  readonly y: number
}

/**
 * The points that were tried, and what is told of the one under the pointer. Drawn by themselves: hundreds of points
 * of a chart's own series are as many components that listen, and all of them are drawn anew with each that comes.
 */
export function TriedMarks(props: TriedMarksProps) {
  const { logarithmic, onUse, points, scores, sizes, tell } = props
  const area = usePlotArea()
  const [under, setUnder] = useState<Placed | null>(null)
  const { x = 0, y = 0, width = 0, height = 0 } = area ?? {}
  const placed = useMemo(() => {
    const along = logarithmic ? Math.log : (value: number) => value
    const [from, to] = [along(sizes.low), along(sizes.high)]
    return points.map((point): Placed => ({
      point,
      x: x + (width * (along(point.bytes) - from)) / (to - from),
      y: y + height * (1 - (point.share - scores.low) / (scores.high - scores.low)),
    }))
  }, [points, sizes, scores, logarithmic, x, y, width, height])
  const use = useCallback(
    ({ point }: Placed) => {
      onUse(point)
    },
    [onUse],
  )
  if (area === undefined) return null
  // It may be gone since.
  const told = under !== null && placed.includes(under) ? under : null
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.scatter}>
      <Marks placed={placed} onUnder={setUnder} onUse={use} />
      {told !== null && (
        <foreignObject
          x={told.x < x + width / 2 ? told.x + BESIDE : told.x - BESIDE - TOLD.width}
          y={Math.max(0, Math.min(told.y - 20, y + height - TOLD.height))}
          width={TOLD.width}
          height={TOLD.height}
          pointerEvents="none"
        >
          <div
            style={{ display: 'flex', justifyContent: told.x < x + width / 2 ? 'start' : 'end' }}
          >
            {tell(told.point)}
          </div>
        </foreignObject>
      )}
    </ZIndexLayer>
  )
}

interface MarksProps {
  readonly placed: readonly Placed[]
  readonly onUnder: (placed: Placed | null) => void
  readonly onUse: (placed: Placed) => void
}

/** One listener for all of them. */
const Marks = memo(function Marks({ onUnder, onUse, placed }: MarksProps) {
  const markOf = ({ target }: MouseEvent): Placed | null => {
    const mark = target instanceof Element ? target.closest('[data-index]') : null
    return mark === null ? null : (placed[Number(mark.getAttribute('data-index'))] ?? null)
  }
  return (
    <g
      cursor="pointer"
      onMouseOver={(event) => {
        onUnder(markOf(event))
      }}
      onMouseLeave={() => {
        onUnder(null)
      }}
      onClick={(event) => {
        const mark = markOf(event)
        if (mark !== null) onUse(mark)
      }}
    >
      {placed.map(({ point, x, y }, index) => (
        <g key={`${point.bytes} ${point.share}`} data-index={index}>
          <GatheredMark x={x} y={y} count={(point.covers ?? 0) + 1} />
        </g>
      ))}
    </g>
  )
})
