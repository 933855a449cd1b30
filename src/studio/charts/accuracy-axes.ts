import { roundTicks } from './ticks'

/** What a chart of size and score needs of a point. */
export interface Spot {
  readonly bytes: number
  readonly share: number
}

export interface Axis {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
}

/** Points of a share or a coefficient that still count as near the original. */
const NEAR = 0.05

/**
 * The axis of sizes: logarithmic, or from zero to the largest that was tried, where a much larger original stands
 * at the edge.
 * @param original bytes of the original; null where it was not measured
 */
export function sizeAxis(
  tried: readonly number[],
  original: number | null,
  logarithmic: boolean,
): Axis {
  const all = [...tried, ...(original === null ? [] : [original])].filter((bytes) => bytes > 0)
  const largest = all.reduce((a, b) => Math.max(a, b), 1)
  if (logarithmic) {
    const smallest = all.reduce((a, b) => Math.min(a, b), largest)
    // A single size has room on both sides.
    const room = Math.max(1.08, (largest / smallest) ** 0.06)
    const [low, high] = [smallest / room, largest * room]
    return { low, high, ticks: logTicks(low, high) }
  }
  const others = tried.reduce((a, b) => Math.max(a, b), 0)
  const high = 1.05 * (others > 0 && largest > 1.5 * others ? others : largest)
  return { low: 0, high, ticks: roundTicks(0, high, 6) }
}

/** 1, 2 and 5 times the powers of ten; where fewer than three of them are inside, round values. */
export function logTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low)
  const factors = decades > 3 ? [1] : [1, 2, 5]
  const first = Math.floor(Math.log10(low))
  const ticks = Array.from({ length: Math.ceil(decades) + 2 }, (_, index) =>
    factors.map((factor) => factor * 10 ** (first + index)),
  )
    .flat()
    .filter((tick) => tick >= low && tick <= high)
  return ticks.length >= 3 ? ticks : roundTicks(low, high, 5)
}

/**
 * The axis of scores: of all points, or of those near the reference alone. Room above and below, so that a flat row
 * of points does not look like a cliff.
 * @param reference score of the original, or the best there is
 * @param floor the least score that is allowed; always inside
 */
export function scoreAxis(
  scores: readonly number[],
  { reference, floor, near, isShare }: ScoreView,
): Axis {
  const bottom = Math.min(reference - NEAR, floor)
  const shown = near ? scores.filter((score) => score >= bottom) : scores
  const [low, high] = [Math.min(floor, ...ends(shown)), Math.max(reference, ...ends(shown))]
  const room = Math.max(0.0025, (high - low) * 0.12)
  // No score is above one, and no share below zero; a point at the end is drawn as a whole all the same.
  const ticks = roundTicks(low - room, high + room, 6)
  const told = ticks.filter((tick) => tick <= 1 && (tick >= 0 || !isShare))
  return { low: low - room, high: high + room, ticks: told }
}

/** An axis of shares that is no longer than its values need; of none, from nothing to all. */
export function fittedAxis(shares: readonly (number | null)[]): Axis {
  const [low = 0, high = 1] = ends(shares.filter((share) => share !== null))
  const room = Math.max(0.01, 0.06 * (high - low))
  const range = [Math.max(0, low - room), Math.min(1, high + room)] as const
  return { low: range[0], high: range[1], ticks: roundTicks(...range, 5) }
}

export interface ScoreView {
  readonly reference: number
  readonly floor: number
  readonly near: boolean
  readonly isShare: boolean
}

/** Least and greatest, of any number of values. */
function ends(values: readonly number[]): readonly number[] {
  if (values.length === 0) return []
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
}

/** More cells than any chart has rows of. */
const CELLS = 2 ** 20

/** Points that lie on one another, as one: the best of them, and how many there are. */
export interface Gathered<P> {
  readonly best: P
  readonly count: number
}

/**
 * Draws points together that would cover one another. However many there are, no more are drawn than find room.
 * @param place where a point stands, in pixels
 * @param reach how near, in pixels, a point is part of another
 * @returns the best points first; each stands exactly where it was measured
 */
export function gather<P extends Spot>(
  points: readonly P[],
  place: (point: P) => readonly [number, number],
  reach: number,
): readonly Gathered<P>[] {
  const sorted = [...points].sort((a, b) => b.share - a.share || a.bytes - b.bytes)
  const found: { best: P; count: number; x: number; y: number }[] = []
  const cells = new Map<number, typeof found>()
  const cellOf = (column: number, row: number): number => column * CELLS + row
  for (const point of sorted) {
    const [x, y] = place(point)
    const [column, row] = [Math.floor(x / reach), Math.floor(y / reach)]
    let near: (typeof found)[number] | undefined
    for (let cell = 0; cell < 9 && near === undefined; cell++)
      near = cells
        .get(cellOf(column + (cell % 3) - 1, row + Math.floor(cell / 3) - 1))
        ?.find((one) => (one.x - x) ** 2 + (one.y - y) ** 2 < reach ** 2)
    if (near !== undefined) {
      near.count++
      continue
    }
    const one = { best: point, count: 1, x, y }
    found.push(one)
    const cell = cellOf(column, row)
    const others = cells.get(cell)
    if (others === undefined) cells.set(cell, [one])
    else others.push(one)
  }
  return found.map(({ best, count }) => ({ best, count }))
}

/** The smallest point that has at least a score; of several the best one. Null where there is none. */
export function smallestWithin<P extends Spot>(points: readonly P[], floor: number): P | null {
  // A share is a quotient: what is meant to be equal may differ in its last bit.
  const allowed = points.filter(({ share }) => share >= floor - 1e-9)
  return allowed.reduce<P | null>(
    (best, point) =>
      best === null ||
      point.bytes < best.bytes ||
      (point.bytes === best.bytes && point.share > best.share)
        ? point
        : best,
    null,
  )
}
