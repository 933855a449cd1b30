// What batch normalisation knows of four channels at a time: five vectors side by side. Channels behind the last whole
// four have such a place as well.

import { clipped, within } from './simd'

// Where in its place each vector lies.
export const MEAN: usize = 0
/** gamma / sqrt(variance + epsilon) */
export const FACTOR: usize = 16
/** beta */
export const OFFSET: usize = 32
/** Of the gradient, by how far a value is from the mean. */
export const TILT: usize = 48
/** Of the gradient, for every value. */
export const REST: usize = 64
/** Bytes from one place to the next. */
export const STEP: usize = 80

/** Where the numbers of a channel begin; `c` is its place in a row, in bytes. */
@inline
export function placeOf(table: usize, c: usize): usize {
  return table + (c >> 4) * STEP + (c & 15)
}

// Between which ends the results are kept, known when the kernel is compiled: what has no end looks for none.
export const LINEAR: i32 = 0
/** Not below `least`. */
export const ABOVE: i32 = 1
export const BETWEEN: i32 = 2

@inline
export function limitingOf(least: f32, most: f32): i32 {
  if (most != Infinity) return BETWEEN
  return least == -Infinity ? LINEAR : ABOVE
}

@inline
export function limited(kind: i32, value: v128, low: v128, high: v128): v128 {
  if (kind == LINEAR) return value
  return kind == ABOVE ? f32x4.pmax(value, low) : clipped(value, low, high)
}

/** What is kept between the ends. The gradient computes it again, with the same operations, to know what passed. */
@inline
export function normalized(centred: v128, factor: v128, offset: v128): v128 {
  return f32x4.add(f32x4.mul(centred, factor), offset)
}

/** @param one the place of a channel in the table */
@inline
export function normalizedOne(x: f32, one: usize): f32 {
  return (x - load<f32>(one, MEAN)) * load<f32>(one, FACTOR) + load<f32>(one, OFFSET)
}

/** dy where what was normalised lay between the ends, else 0. */
@inline
export function passing(
  kind: i32, dy: v128, centred: v128, factor: v128, offset: v128, low: v128, high: v128,
): v128 {
  if (kind == LINEAR) return dy
  const normal = normalized(centred, factor, offset)
  return v128.and(dy, kind == ABOVE ? f32x4.gt(normal, low) : within(normal, low, high))
}
