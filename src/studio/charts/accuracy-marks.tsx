/** The marks of the chart of accuracy and size. */

interface MarkProps {
  readonly x: number
  readonly y: number
  /** Where the axes end before it: in which direction it lies. */
  readonly off: { readonly right: boolean; readonly down: boolean } | null
}

/** A setting that was tried, or several that lie on one another. */
export function GatheredMark({
  count,
  x,
  y,
}: Pick<MarkProps, 'x' | 'y'> & {
  /** Points that it stands for. */
  readonly count: number
}) {
  const radius = count === 1 ? 4.5 : count < 100 ? 8 : 9.5
  return (
    <g className="tried" data-count={count}>
      <circle
        cx={x}
        cy={y}
        r={radius}
        fill="var(--studio-surface)"
        stroke="var(--studio-compressed)"
        strokeWidth={2}
      />
      {count > 1 && (
        <text
          x={x}
          y={y}
          dy="0.34em"
          textAnchor="middle"
          fontSize={count < 100 ? 10 : 9}
          fill="var(--mantine-color-text)"
          pointerEvents="none"
        >
          {count}
        </text>
      )}
    </g>
  )
}

/** Large enough that the current point, where it stands on the original, does not hide it. */
export function OriginalMark({ off, x, y }: MarkProps) {
  return (
    <g className="original">
      <path
        transform={`translate(${x} ${y})`}
        d="M0 -16 L16 0 L0 16 L-16 0 Z"
        fill="var(--studio-original)"
        fillOpacity={0.45}
        stroke="var(--studio-original)"
        strokeWidth={2}
      />
      <Beyond x={x} y={y} off={off} />
    </g>
  )
}

export function CurrentMark({ off, x, y }: MarkProps) {
  return (
    <g className="current">
      <circle
        cx={x}
        cy={y}
        r={10}
        fill="var(--studio-compressed)"
        stroke="var(--studio-surface)"
        strokeWidth={1.5}
      />
      <Beyond x={x} y={y} off={off} />
    </g>
  )
}

/** An arrow to where a point would stand that lies beyond the axes. */
function Beyond({ off, x, y }: MarkProps) {
  if (off === null) return null
  const { down, right } = off
  return (
    <path
      transform={`translate(${x} ${y}) rotate(${right ? (down ? 45 : 0) : 90})`}
      d="M-5 0 L4 0 M0 -4 L4 0 L0 4"
      stroke="var(--mantine-color-body)"
      strokeWidth={2}
      fill="none"
      pointerEvents="none"
    />
  )
}

/** Studies are told apart by colour, and by name under the pointer. */
export function studyColor(study: number): string {
  const colors = ['violet', 'orange', 'cyan', 'pink', 'lime']
  return `var(--mantine-color-${colors[study % colors.length] ?? 'violet'}-6)`
}
