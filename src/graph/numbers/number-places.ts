import type { Side, Sides } from '../sides/side'
import type { KnownNumbers } from './known-numbers'

/** Every combination of places, row by row. */
export function* placesOf(shape: readonly number[]): Generator<readonly number[]> {
  const [side, ...rest] = shape
  if (side === undefined) {
    yield []
    return
  }
  for (let place = 0; place < side; place++)
    for (const others of placesOf(rest)) yield [place, ...others]
}

/** The element at these places; null where it is not known, or lies outside. */
export function elementAt({ shape, values }: KnownNumbers, places: readonly number[]): Side {
  let at = 0
  for (const [axis, side] of shape.entries()) {
    const place = places[axis] ?? 0
    if (place < 0 || place >= side) return null
    at = at * side + place
  }
  return values[at] ?? null
}

/** Elements of another shape, each taken from where `source` says. */
export function taken(
  numbers: KnownNumbers,
  shape: readonly number[],
  source: (places: readonly number[]) => readonly number[],
): Sides {
  return [...placesOf(shape)].map((places) => elementAt(numbers, source(places)))
}

/** As many elements as a larger shape has: those of sides of one again and again. */
export function stretchedTo(numbers: KnownNumbers, shape: readonly number[]): Sides {
  const isSame =
    shape.length === numbers.shape.length && shape.every((side, at) => side === numbers.shape[at])
  if (isSame) return numbers.values
  const missing = shape.length - numbers.shape.length
  return taken(numbers, shape, (places) =>
    numbers.shape.map((side, axis) => (side === 1 ? 0 : (places[axis + missing] ?? 0))),
  )
}
