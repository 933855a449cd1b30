import type { Point } from '../../../layout/drawing'

/** A line through points, as SVG has it: it leaves and arrives upright, and bends between. */
export function edgePath(points: readonly Point[]): string {
  const [start, ...rest] = points
  if (start === undefined) return ''
  let at = start
  const parts = [`M${start.x} ${start.y}`]
  for (const next of rest) {
    const middle = (at.y + next.y) / 2
    parts.push(
      at.x === next.x
        ? `L${next.x} ${next.y}`
        : `C${at.x} ${middle} ${next.x} ${middle} ${next.x} ${next.y}`,
    )
    at = next
  }
  return parts.join('')
}
