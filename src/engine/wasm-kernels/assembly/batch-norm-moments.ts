// Mean and variance of the columns of a matrix, as batch normalisation wants them: biased, divided by rows.
//
// Memory is walked in its order, sums by some rows of four channels at a time: their running sums are
// loaded and stored once for those rows. Rows and channels that are left over go one number at a time.

import { addScalarTo, addTo, multiplyAdd } from './simd'

/** Rows of a partial sum: short sums keep float32 rounding small. A multiple of every group. */
export const ROWS_PER_SUM = 256

/** Rows that are summed side by side. */
export const GROUP = 4
/** Channels of a short row, of which groups are written side by side too, and whose sums begin anew for each group. */
export const SHORT = 64

/** mean[c] and variance[c] of each column. `parts` has room for two rows. */
@inline
export function momentsOf(
  x: usize, mean: usize, variance: usize, parts: usize, rows: i32, channels: i32,
): void {
  momentsOfPiece(x, x, mean, variance, parts, 0, rows, rows, channels)
}

/**
 * The same of rows that come in pieces: `rows` of them at x, behind `before` others, of `total`. `origins` is the first row
 * of all. Mean and variance are there with the last piece; sums on the way are kept in them and in `parts`. Pieces but the
 * last are of whole groups of rows: then the bits do not depend on them.
 */
export function momentsOfPiece(
  x: usize, origins: usize, mean: usize, variance: usize, parts: usize, before: i32, rows: i32, total: i32,
  channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const squares = parts + rowBytes
  if (before == 0) {
    memory.fill(mean, 0, rowBytes)
    memory.fill(variance, 0, rowBytes)
  }
  const end = before + rows
  let done = before
  while (done < end) {
    const summed = done % ROWS_PER_SUM
    const count = min(ROWS_PER_SUM - summed, end - done)
    if (summed == 0) memory.fill(parts, 0, 2 * rowBytes)
    // Distances are taken from the first row, so that a large mean does not swallow the variance.
    if (channels > SHORT) groupsOfRows(true, origins, x, parts, squares, count, rowBytes)
    else groupsOfRows(false, origins, x, parts, squares, count, rowBytes)
    for (let c: usize = 0; c < rowBytes; c += 4) {
      const from = c >= vectorBytes ? 0 : count & -GROUP
      const first = load<f32>(origins + c)
      for (let i = from; i < count; i++) {
        const distance = load<f32>(x + <usize>i * rowBytes + c) - first
        addScalarTo(parts + c, distance)
        addScalarTo(squares + c, distance * distance)
      }
    }
    done += count
    x += <usize>count * rowBytes
    if (done % ROWS_PER_SUM != 0 && done != total) continue
    for (let c: usize = 0; c < rowBytes; c += 4) {
      addScalarTo(mean + c, load<f32>(parts + c))
      addScalarTo(variance + c, load<f32>(squares + c))
    }
  }
  if (end != total) return
  for (let c: usize = 0; c < rowBytes; c += 4) {
    const offset = <f64>load<f32>(mean + c) / <f64>total
    const square = <f64>load<f32>(variance + c) / <f64>total
    store<f32>(mean + c, <f32>(<f64>load<f32>(origins + c) + offset))
    store<f32>(variance + c, <f32>max<f64>(square - offset * offset, 0))
  }
}

/** Four rows at a time, four channels. Sums of short rows begin anew for each four, those of long rows go on. */
@inline
function groupsOfRows(
  isLong: bool, origins: usize, x: usize, sums: usize, squares: usize, count: i32, rowBytes: usize,
): void {
  const vectorBytes = rowBytes & ~15
  for (let i = 0; i + GROUP <= count; i += GROUP) {
    for (let c: usize = 0; c < vectorBytes; c += 16) {
      const origin = v128.load(origins + c)
      let from = x + c
      const distance0 = f32x4.sub(v128.load(from), origin)
      from += rowBytes
      const distance1 = f32x4.sub(v128.load(from), origin)
      from += rowBytes
      const distance2 = f32x4.sub(v128.load(from), origin)
      from += rowBytes
      const distance3 = f32x4.sub(v128.load(from), origin)
      const first = isLong ? f32x4.add(v128.load(sums + c), distance0) : distance0
      const sum = f32x4.add(f32x4.add(f32x4.add(first, distance1), distance2), distance3)
      if (isLong) {
        let square = f32x4.add(v128.load(squares + c), f32x4.mul(distance0, distance0))
        square = f32x4.add(square, f32x4.mul(distance1, distance1))
        square = f32x4.add(square, f32x4.mul(distance2, distance2))
        v128.store(sums + c, sum)
        v128.store(squares + c, f32x4.add(square, f32x4.mul(distance3, distance3)))
      } else {
        let square = multiplyAdd(distance1, distance1, f32x4.mul(distance0, distance0))
        square = multiplyAdd(distance2, distance2, square)
        addTo(sums + c, sum)
        addTo(squares + c, multiplyAdd(distance3, distance3, square))
      }
    }
    x += <usize>GROUP * rowBytes
  }
}
