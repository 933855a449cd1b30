// Mean and variance of the columns of a matrix, as batch normalisation wants them: biased, divided by rows.
//
// Memory is walked in its order, sums by some rows of four channels at a time: their running sums are
// loaded and stored once for those rows. Rows and channels that are left over go one number at a time.

import { readAhead } from './read-ahead'
import { addScalarTo, addTo, multiplyAdd } from './simd'

/** Rows of a partial sum: short sums keep float32 rounding small. A multiple of every group. */
export const ROWS_PER_SUM = 256

/** Rows that are summed by themselves first, where rows are short. */
export const GROUP = 4
/** Channels of a short row: a processor that walks groups of longer ones side by side does not see what is read next. */
export const SHORT = 64
/** Bytes of long rows whose sums are made together: they then lie in the first-level cache. */
export const BAND_BYTES: usize = 6144

/** mean[c] and variance[c] of each column. `parts` has room for two rows. */
export function momentsOf(
  x: usize, mean: usize, variance: usize, parts: usize, rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const isLong = channels > SHORT
  const squares = parts + rowBytes
  memory.fill(mean, 0, rowBytes)
  memory.fill(variance, 0, rowBytes)
  for (let start = 0; start < rows; start += ROWS_PER_SUM) {
    const count = min(ROWS_PER_SUM, rows - start)
    memory.fill(parts, 0, 2 * rowBytes)
    let at = x + <usize>start * rowBytes
    // Distances are taken from the first row, so that a large mean does not swallow the variance.
    if (isLong) longMoments(x, at, parts, squares, count, rowBytes, vectorBytes)
    else for (let i = 0; i + GROUP <= count; i += GROUP) {
      for (let c: usize = 0; c < vectorBytes; c += 16) {
        const origin = v128.load(x + c)
        let sum = f32x4.splat(0)
        let square = sum
        let from = at + c
        for (let row = 0; row < GROUP; row++) {
          const distance = f32x4.sub(v128.load(from), origin)
          sum = f32x4.add(sum, distance)
          square = multiplyAdd(distance, distance, square)
          from += rowBytes
        }
        addTo(parts + c, sum)
        addTo(squares + c, square)
      }
      at += <usize>GROUP * rowBytes
    }
    for (let c: usize = 0; c < rowBytes; c += 4) {
      const from = c >= vectorBytes ? 0 : isLong ? count : count & -GROUP
      const first = load<f32>(x + c)
      for (let i = from; i < count; i++) {
        const distance = load<f32>(x + <usize>(start + i) * rowBytes + c) - first
        addScalarTo(parts + c, distance)
        addScalarTo(squares + c, distance * distance)
      }
    }
    for (let c: usize = 0; c < rowBytes; c += 4) {
      addScalarTo(mean + c, load<f32>(parts + c))
      addScalarTo(variance + c, load<f32>(squares + c))
    }
  }
  for (let c: usize = 0; c < rowBytes; c += 4) {
    const offset = <f64>load<f32>(mean + c) / <f64>rows
    const square = <f64>load<f32>(variance + c) / <f64>rows
    store<f32>(mean + c, <f32>(<f64>load<f32>(x + c) + offset))
    store<f32>(variance + c, <f32>max<f64>(square - offset * offset, 0))
  }
}

/**
 * Sums of `count` long rows, which go on from what is there. Some rows are read in their order first: two that are gone
 * through side by side would not be fetched ahead.
 */
function longMoments(
  origins: usize, x: usize, sums: usize, squares: usize, count: i32, rowBytes: usize, vectorBytes: usize,
): void {
  const most = <i32>max(4, BAND_BYTES / rowBytes)
  for (let done = 0; done < count; done += most) {
    const rows = min(most, count - done)
    // Where what comes of the reading is put stands a sum.
    const kept = load<f32>(sums)
    readAhead(x, <usize>rows * rowBytes, rowBytes, sums)
    store<f32>(sums, kept)
    let c: usize = 0
    // A sum waits for itself longer than for what is added: two vectors of channels at once.
    for (; c + 32 <= vectorBytes; c += 32) {
      const origin0 = v128.load(origins + c)
      const origin1 = v128.load(origins + c, 16)
      let sum0 = v128.load(sums + c)
      let sum1 = v128.load(sums + c, 16)
      let square0 = v128.load(squares + c)
      let square1 = v128.load(squares + c, 16)
      let from = x + c
      for (let row = 0; row < rows; row++) {
        const distance0 = f32x4.sub(v128.load(from), origin0)
        const distance1 = f32x4.sub(v128.load(from, 16), origin1)
        sum0 = f32x4.add(sum0, distance0)
        sum1 = f32x4.add(sum1, distance1)
        square0 = f32x4.add(square0, f32x4.mul(distance0, distance0))
        square1 = f32x4.add(square1, f32x4.mul(distance1, distance1))
        from += rowBytes
      }
      v128.store(sums + c, sum0)
      v128.store(sums + c, sum1, 16)
      v128.store(squares + c, square0)
      v128.store(squares + c, square1, 16)
    }
    for (; c < vectorBytes; c += 16) {
      let from = x + c
      for (let row = 0; row < rows; row++) {
        const distance = f32x4.sub(v128.load(from), v128.load(origins + c))
        addTo(sums + c, distance)
        addTo(squares + c, f32x4.mul(distance, distance))
        from += rowBytes
      }
    }
    x += <usize>rows * rowBytes
  }
}
