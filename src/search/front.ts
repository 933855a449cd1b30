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

/**
 * The hull, and what lies between its points where a single row is chosen otherwise: of all of these no one is both
 * larger and further than another. Where one row holds most of the bytes the hull alone leaves wide gaps.
 */
export function filledFront<Choice>(rows: readonly Row<Choice>[]): readonly FrontPoint[] {
  const kept: Change[] = []
  let least = Infinity
  const all = frontOf(rows).flatMap((from) => [...changesOf(rows, from)])
  for (const change of all.sort((a, b) => a.bytes - b.bytes || a.distance - b.distance)) {
    if (change.distance >= least) continue
    least = change.distance
    kept.push(change)
  }
  return kept.reverse().map(made)
}

/** A point that differs from another in one row; made only where it is wanted, since there are very many. */
interface Change extends Omit<FrontPoint, 'chosen'> {
  readonly from: FrontPoint
  readonly row: number
  readonly to: number
}

function* changesOf<Choice>(
  rows: readonly Row<Choice>[],
  from: FrontPoint,
): Generator<Change, void, undefined> {
  for (const [row, { choices }] of rows.entries()) {
    const here = choices[from.chosen[row] ?? 0]
    for (const [to, choice] of choices.entries())
      yield {
        ...{ from, row, to },
        bytes: from.bytes + choice.bytes - (here?.bytes ?? 0),
        distance: from.distance + choice.distance - (here?.distance ?? 0),
      }
  }
}

function made({ from, row, to, bytes, distance }: Change): FrontPoint {
  return { chosen: from.chosen.map((at, index) => (index === row ? to : at)), bytes, distance }
}

/** All points that differ from one in a single row. */
export function neighboursOf<Choice>(
  rows: readonly Row<Choice>[],
  from: FrontPoint,
): readonly FrontPoint[] {
  return [...changesOf(rows, from)].map(made)
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
