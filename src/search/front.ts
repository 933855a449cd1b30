/** One thing that can be chosen in several ways: a layer, or small tensors that are coded alike. */
export interface Row<Choice> {
  /** Any order; the first is what nothing is done with. */
  readonly choices: readonly PricedChoice<Choice>[]
}

export interface PricedChoice<Choice> {
  readonly choice: Choice
  readonly bytes: number
  /** How much worse it makes the whole; adds up over rows. */
  readonly distance: number
}

/** A choice for each row, with what they cost together. */
export interface FrontPoint {
  /** Places among the choices of each row. */
  readonly chosen: readonly number[]
  readonly bytes: number
  readonly distance: number
}

interface Move {
  readonly row: number
  readonly to: number
  /** Distance for each byte that is saved. */
  readonly slope: number
}

/**
 * The lower convex hull of all allocations by bytes and distance, from the largest file to the smallest: for every
 * price of a byte the allocation of the least total. Distances and bytes add up over rows, so it is the rows' own
 * hulls, merged by their slopes.
 * @see Shoham & Gersho 1988, "Efficient bit allocation for an arbitrary set of quantizers"
 */
export function frontOf<Choice>(rows: readonly Row<Choice>[]): readonly FrontPoint[] {
  const moves = rows
    .flatMap(({ choices }, row) => hullOf(choices, row))
    .sort((one, other) => one.slope - other.slope || one.row - other.row)
  const chosen = rows.map(() => 0)
  const points = [pointOf(rows, chosen)]
  for (const { row, to } of moves) {
    chosen[row] = to
    points.push(pointOf(rows, chosen))
  }
  return points
}

export function pointOf<Choice>(
  rows: readonly Row<Choice>[],
  chosen: readonly number[],
): FrontPoint {
  let [bytes, distance] = [0, 0]
  rows.forEach(({ choices }, row) => {
    const one = choices[chosen[row] ?? 0]
    bytes += one?.bytes ?? 0
    distance += one?.distance ?? 0
  })
  return { chosen: [...chosen], bytes, distance }
}

/** Steps along the hull of one row, from its first choice; slopes grow. */
function hullOf<Choice>(choices: readonly PricedChoice<Choice>[], row: number): Move[] {
  const moves: Move[] = []
  let at = 0
  for (;;) {
    const here = choices[at]
    if (here === undefined) return moves
    let best: Move | null = null
    choices.forEach(({ bytes, distance }, to) => {
      const saved = here.bytes - bytes
      if (saved <= 0) return
      const slope = (distance - here.distance) / saved
      const isFurther =
        best !== null && slope === best.slope && bytes < (choices[best.to]?.bytes ?? 0)
      if (best === null || slope < best.slope || isFurther) best = { row, to, slope }
    })
    // TypeScript does not see what a callback assigns.
    const next = best as Move | null
    if (next === null) return moves
    moves.push(next)
    at = next.to
  }
}
