import { memo } from 'react'
import type { Drawing, PlacedEdge } from '../../../layout/drawing'
import { edgePath } from './edge-path'
import classes from './layer-graph.module.css'
import type { Seen } from './use-pane'

interface GraphLinesProps {
  readonly drawing: Drawing
  readonly seen: Seen
  readonly chosen: ReadonlySet<string>
}

/** The lines between layers, from who makes a value to who reads it; those of chosen layers stand out. */
export const GraphLines = memo(function GraphLines({ drawing, seen, chosen }: GraphLinesProps) {
  const { edges, height, width } = drawing
  const shown = edges.filter((edge) => crosses(edge, seen))
  const isOfChosen = ({ from, to }: PlacedEdge): boolean => chosen.has(from) || chosen.has(to)
  return (
    <svg className={classes['lines']} width={width} height={height} aria-hidden>
      <defs>
        {(['arrow', 'arrowOfChosen'] as const).map((id) => (
          <marker
            key={id}
            id={`graph-${id}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerUnits="userSpaceOnUse"
            markerWidth="10"
            markerHeight="10"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" className={classes[id]} />
          </marker>
        ))}
      </defs>
      {shown
        .toSorted((one, other) => Number(isOfChosen(one)) - Number(isOfChosen(other)))
        .map((edge) => (
          <path
            key={`${edge.from} ${edge.to}`}
            d={edgePath(edge.points)}
            data-chosen={isOfChosen(edge) || undefined}
            markerEnd={`url(#graph-${isOfChosen(edge) ? 'arrowOfChosen' : 'arrow'})`}
          />
        ))}
    </svg>
  )
})

function crosses({ points }: PlacedEdge, { left, top, right, bottom }: Seen): boolean {
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  return (
    Math.max(...xs) >= left &&
    Math.min(...xs) <= right &&
    Math.max(...ys) >= top &&
    Math.min(...ys) <= bottom
  )
}
