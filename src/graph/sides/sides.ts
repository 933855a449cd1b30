import { isSame } from './side'
import type { Side, Sides } from './side'

/** A value with more has no shape here: TensorFlow.js computes with six. */
export const MOST_AXES = 16

/** An axis of a value of this rank, counted from the last where negative; null where it has none such. */
export function axisOf(axis: number | undefined, rank: number): number | null {
  if (axis === undefined || !Number.isInteger(axis)) return null
  const place = axis < 0 ? axis + rank : axis
  return place >= 0 && place < rank ? place : null
}

/** All axes, each once; null where one does not exist. */
export function axesOf(axes: readonly number[], rank: number): ReadonlySet<number> | null {
  const places = new Set<number>()
  for (const axis of axes) {
    const place = axisOf(axis, rank)
    if (place === null) return null
    places.add(place)
  }
  return places
}

export function replaced(sides: Sides, place: number, by: readonly Side[]): Sides {
  return [...sides.slice(0, place), ...by, ...sides.slice(place + 1)]
}

export function without(sides: Sides, places: ReadonlySet<number>): Sides {
  return sides.filter((_, place) => !places.has(place))
}

/** One side that two values must share, by what is known of either; undefined: they cannot. */
export function shared(a: Side, b: Side): Side | undefined {
  if (typeof a === 'number') return typeof b === 'number' && a !== b ? undefined : a
  if (typeof b === 'number') return b
  return isSame(a, b) ? a : null
}

/**
 * Sides of what is computed element by element: sides of one stretch, sides that are missing in front are one.
 * @returns null where they do not fit
 */
export function broadcast(a: Sides, b: Sides): Sides | null {
  const rank = Math.max(a.length, b.length)
  const sides: Side[] = []
  for (let place = 0; place < rank; place++) {
    const left = place < rank - a.length ? 1 : (a[place - rank + a.length] ?? null)
    const right = place < rank - b.length ? 1 : (b[place - rank + b.length] ?? null)
    const side = left === 1 ? right : right === 1 ? left : shared(left, right)
    if (side === undefined) return null
    sides.push(side)
  }
  return sides
}

/** As `broadcast`, of any number of values; null where one is not known. */
export function broadcastAll(values: readonly (Sides | undefined)[]): Sides | null {
  return values.reduce<Sides | null>(
    (result, sides) => (result === null || sides === undefined ? null : broadcast(result, sides)),
    [],
  )
}
