import type { Recipe } from '../../techniques/recipe'
import type { AccuracyLook } from '../store/look-slice'
import type { MeasureKind } from '../store/measures'
import { isUntouched } from '../store/recipe-slice'
import { gather, scoreAxis, sizeAxis } from './accuracy-axes'
import type { Axis, Spot } from './accuracy-axes'
import type { StudyRow, TriedRow } from './chart-data'

export interface AccuracyChartProps {
  readonly rows: readonly TriedRow[]
  readonly original: { readonly bytes: number; readonly share: number } | null
  readonly shareName: string
  /** What of a download the bytes are. */
  readonly sizeName: string
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
  /** Settings that are pinned are let go. */
  readonly onPin: (recipe: Recipe) => void
  /** Keys of settings that are pinned. */
  readonly pinned: ReadonlySet<string>
  /** There is room for one more. */
  readonly canPin: boolean
  readonly onStage: (path: number, stage: number) => void
  readonly look: AccuracyLook
  /** All scores instead of those near the original. */
  readonly onWhole: () => void
  /** The least score that is allowed; null where the original has none. */
  readonly floor: number | null
}

export interface Point {
  readonly bytes: number
  readonly share: number
  readonly recipe: Recipe | null
  /** Others that lie where this one is drawn. */
  readonly covers?: number
  /** Where it is drawn, if the axes end before it. */
  readonly at?: { readonly bytes: number; readonly share: number }
  /** Where a case study has been: its number, and the position of the stage. */
  readonly stage?: { readonly study: number; readonly index: number; readonly name: string }
}

/** Nearer than this, in pixels, two points cover one another. */
const REACH = 14
/** Beside the plot, in pixels: the axes, and the margin. */
const AROUND = { width: 96, height: 66 }

interface Drawing {
  readonly sizes: Axis
  readonly scores: Axis
  /** Tried, the best of those that lie on one another. */
  readonly points: readonly Point[]
  /** Removed at random, smallest first. */
  readonly control: readonly Point[]
  readonly start: readonly Point[]
  readonly current: readonly Point[]
  /** How many lie below the axis. */
  readonly below: number
}

interface ShownPoints {
  readonly rows: readonly TriedRow[]
  readonly original: Spot | null
  readonly others: readonly Spot[]
}

/**
 * The axes, and what is drawn between them.
 * @param floor the least score that is allowed; null where the original has none
 * @param room of the whole chart, in pixels
 */
export function drawnPoints(
  { others, original, rows }: ShownPoints,
  isShare: boolean,
  look: AccuracyLook,
  floor: number | null,
  room: { readonly width: number; readonly height: number },
): Drawing {
  const all = [...rows, ...others]
  const best = all.reduce((most, { share }) => Math.max(most, share), -1)
  const reference = original?.share ?? best
  // Nothing was made smaller: such a point is as large as the original.
  const smaller = [...rows.filter(({ recipe }) => !isUntouched(recipe)), ...others]
  const bytes = smaller.map((point) => point.bytes)
  const sizes = sizeAxis(bytes, original?.bytes ?? null, look.logarithmic)
  const scores = scoreAxis(
    all.map(({ share }) => share),
    { reference, floor: floor ?? reference, near: look.near, isShare },
  )
  const tried = rows.filter(({ current }) => !current)
  const inside = tried.filter(({ share }) => share >= scores.low)
  const place = placeIn(sizes, scores, look.logarithmic, room)
  const drawn = (random: boolean): Point[] =>
    gather(
      inside.filter((row) => row.random === random),
      place,
      REACH,
    ).map(({ best: row, count }) => ({ ...row, covers: count - 1 }))
  const hold = (point: Point): Point => held(point, sizes, scores)
  return {
    sizes,
    scores,
    points: drawn(false),
    control: drawn(true).sort((a, b) => a.bytes - b.bytes),
    start: original === null ? [] : [hold({ ...original, recipe: null })],
    current: rows.filter(({ current }) => current).map(hold),
    below: tried.length - inside.length,
  }
}

function placeIn(
  sizes: Axis,
  scores: Axis,
  logarithmic: boolean,
  room: { readonly width: number; readonly height: number },
): (point: Spot) => readonly [number, number] {
  const width = Math.max(1, room.width - AROUND.width)
  const height = Math.max(1, room.height - AROUND.height)
  const along = logarithmic ? Math.log : (value: number) => value
  const [from, to] = [along(sizes.low), along(sizes.high)]
  return ({ bytes, share }) => [
    (width * (along(bytes) - from)) / (to - from),
    (height * (share - scores.low)) / (scores.high - scores.low),
  ]
}

/** At the edge, where the axes end before it: the original and the current point are always there. */
function held(point: Point, sizes: Axis, scores: Axis): Point {
  if (point.bytes <= sizes.high && point.share >= scores.low) return point
  const bytes = Math.min(point.bytes, sizes.high - 0.03 * (sizes.high - sizes.low))
  const share = Math.max(point.share, scores.low + 0.04 * (scores.high - scores.low))
  return { ...point, bytes, share, at: point }
}
