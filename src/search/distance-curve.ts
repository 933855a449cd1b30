import type { Cell, CellSettings, LayerSensitivity } from './sensitivity'

/** Smaller errors and distances than this are nothing. */
const LEAST = 1e-9

/** Logarithms. */
interface Knot {
  readonly error: number
  readonly distance: number
}

/**
 * How far the outputs of the whole model move by a choice for one layer. What removal and what codes of either range do
 * to the layer's outputs moves the whole differently and adds up, so each goes by its own curve: through what was measured, in
 * logarithms, never falling, and in proportion to the error beyond it. Where nothing was measured the two are taken to
 * be the same.
 */
export function distanceOf({
  cells,
  measured,
}: Pick<LayerSensitivity, 'cells' | 'measured'>): (cell: Cell) => number {
  const found = measured.flatMap(({ distance, ...settings }) => {
    const cell = cells.find((one) => isSame(one, settings))
    return cell === undefined ? [] : [{ ...cell, distance }]
  })
  const removed = curveThrough(found.filter(({ bits }) => bits === null))
  const codedBy = (range: CellSettings['range']): ((error: number) => number) => {
    const all = found.filter(({ bits, sparsity }) => bits !== null && sparsity === 0)
    const own = all.filter((cell) => cell.range === range)
    return curveThrough(own.length > 0 ? own : all)
  }
  const coded = { minMax: codedBy('minMax'), mse: codedBy('mse') }
  const removal = new Map(
    cells.filter(({ bits }) => bits === null).map(({ sparsity, error }) => [sparsity, error]),
  )
  return ({ sparsity, error, range = 'minMax' }) => {
    const ofRemoval = Math.min(error, removal.get(sparsity) ?? 0)
    return removed(ofRemoval) + coded[range](error - ofRemoval)
  }
}

function curveThrough(
  points: readonly { readonly error: number; readonly distance: number }[],
): (error: number) => number {
  const knots = knotsOf(points)
  const [first] = knots
  const last = knots.at(-1)
  if (first === undefined || last === undefined) return (error) => error
  return (error) => {
    if (error <= LEAST) return 0
    const at = Math.log(error)
    const place = knots.findIndex((knot) => knot.error >= at)
    const [before, next] = [knots[place - 1], knots[place]]
    if (next === undefined) return Math.exp(last.distance + at - last.error)
    if (before === undefined) return Math.exp(first.distance + at - first.error)
    const share = (at - before.error) / (next.error - before.error)
    return Math.exp(before.distance + share * (next.distance - before.distance))
  }
}

function knotsOf(
  points: readonly { readonly error: number; readonly distance: number }[],
): readonly Knot[] {
  const knots: Knot[] = []
  for (const point of points.toSorted((one, other) => one.error - other.error)) {
    if (point.error <= LEAST) continue
    const error = Math.log(point.error)
    const before = knots.at(-1)
    const distance = Math.max(
      before?.distance ?? -Infinity,
      Math.log(Math.max(LEAST, point.distance)),
    )
    if (before?.error === error) knots.pop()
    knots.push({ error, distance })
  }
  return knots
}

function isSame(one: CellSettings, other: CellSettings): boolean {
  return one.bits === other.bits && one.sparsity === other.sparsity && one.range === other.range
}
