// Batch normalisation in training mode (Ioffe & Szegedy 2015) over the last axis, with the ReLU that often
// follows it: `rows` rows of `channels` floats. Statistics are biased (divided by rows), as
// TensorFlow.js computes them. What is normalised is kept between `least` and `most`: 0 and Infinity with a ReLU,
// 0 and 6 with a ReLU6, -Infinity and Infinity without.
//
// Memory is walked in its order, sums by some rows of four channels at a time: their running sums are
// loaded and stored once for those rows. Rows and channels that are left over go one number at a time.

import { readAhead } from './read-ahead'
import { addScalarTo, addTo, clipped, clippedOne, multiplyAdd, within } from './simd'

/** Rows of a partial sum: short sums keep float32 rounding small. A multiple of every group. */
const ROWS_PER_SUM = 256

/** Rows that are summed by themselves first, where rows are short. */
const GROUP = 4
/** Channels of a short row: a processor that walks groups of longer ones side by side does not see what is read next. */
const SHORT = 64
/** Bytes of long rows whose moments are summed together: they then lie in the first-level cache. */
const BAND_BYTES: usize = 6144

/** mean[c] and variance[c] of each column. `parts` has room for two rows. */
export function batchNormMoments(
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

/** What is kept between the ends. The gradient computes it again, with the same operations, to know what passed. */
@inline
function normalized(centred: v128, scale: v128, beta: v128): v128 {
  return f32x4.add(f32x4.mul(centred, scale), beta)
}

@inline
function normalizedOne(x: f32, mean: usize, scale: usize, beta: usize): f32 {
  return (x - load<f32>(mean)) * load<f32>(scale) + load<f32>(beta)
}

/**
 * y = (x - mean) * scale + beta, but not beyond the ends, with scale = gamma / sqrt(variance + epsilon) given
 * per channel.
 */
export function batchNormApply(
  x: usize, mean: usize, scale: usize, beta: usize, y: usize, rows: i32, channels: i32,
  least: f32, most: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const lowest = f32x4.splat(least)
  const highest = f32x4.splat(most)
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c))
      const value = normalized(centred, v128.load(scale + c), v128.load(beta + c))
      v128.store(y + c, clipped(value, lowest, highest))
    }
    for (; c < rowBytes; c += 4) {
      const value = normalizedOne(load<f32>(x + c), mean + c, scale + c, beta + c)
      store<f32>(y + c, clippedOne(value, least, most))
    }
    x += rowBytes
    y += rowBytes
  }
}

/**
 * sumDy[c] = sum of dy, sumDyX[c] = sum of dy * (x - mean), over what was between the ends. `parts` has room for two
 * rows.
 */
export function batchNormGradientSums(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, sumDy: usize, sumDyX: usize,
  parts: usize, rows: i32, channels: i32, least: f32, most: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const isLong = channels > SHORT
  const partsX = parts + rowBytes
  const lowest = f32x4.splat(least)
  const highest = f32x4.splat(most)
  memory.fill(sumDy, 0, rowBytes)
  memory.fill(sumDyX, 0, rowBytes)
  for (let start = 0; start < rows; start += ROWS_PER_SUM) {
    const count = min(ROWS_PER_SUM, rows - start)
    memory.fill(parts, 0, 2 * rowBytes)
    if (isLong) {
      const from = <usize>start * rowBytes
      longGradientSums(
        x + from, dy + from, mean, scale, beta, parts, partsX, count, rowBytes, vectorBytes, lowest, highest,
      )
    } else for (let i = 0; i + GROUP <= count; i += GROUP) {
      const first = <usize>(start + i) * rowBytes
      for (let c: usize = 0; c < vectorBytes; c += 16) {
        const centre = v128.load(mean + c)
        const factor = v128.load(scale + c)
        const offset = v128.load(beta + c)
        let sum = f32x4.splat(0)
        let sumX = sum
        let at = first + c
        for (let row = 0; row < GROUP; row++) {
          const centred = f32x4.sub(v128.load(x + at), centre)
          const passed = within(normalized(centred, factor, offset), lowest, highest)
          const d = v128.and(v128.load(dy + at), passed)
          sum = f32x4.add(sum, d)
          sumX = multiplyAdd(d, centred, sumX)
          at += rowBytes
        }
        addTo(parts + c, sum)
        addTo(partsX + c, sumX)
      }
    }
    for (let c: usize = 0; c < rowBytes; c += 4) {
      for (let i = c >= vectorBytes ? 0 : isLong ? count : count & -GROUP; i < count; i++) {
        const at = <usize>(start + i) * rowBytes + c
        const value = load<f32>(x + at)
        const normal = normalizedOne(value, mean + c, scale + c, beta + c)
        if (!(normal > least && normal < most)) continue
        const d = load<f32>(dy + at)
        addScalarTo(parts + c, d)
        addScalarTo(partsX + c, d * (value - load<f32>(mean + c)))
      }
    }
    for (let c: usize = 0; c < rowBytes; c += 4) {
      addScalarTo(sumDy + c, load<f32>(parts + c))
      addScalarTo(sumDyX + c, load<f32>(partsX + c))
    }
  }
}

/** The same of `count` long rows, one after the other, which go on from what is there. */
function longGradientSums(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, sums: usize, sumsX: usize, count: i32,
  rowBytes: usize, vectorBytes: usize, lowest: v128, highest: v128,
): void {
  for (let done = 0; done < count; done++) {
    for (let c: usize = 0; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c))
      const normal = normalized(centred, v128.load(scale + c), v128.load(beta + c))
      const d = v128.and(v128.load(dy + c), within(normal, lowest, highest))
      v128.store(sums + c, f32x4.add(v128.load(sums + c), d))
      v128.store(sumsX + c, f32x4.add(v128.load(sumsX + c), f32x4.mul(d, centred)))
    }
    x += rowBytes
    dy += rowBytes
  }
}

/**
 * dx = scale * dy + along * (x - mean) + rest, dy where y was between the ends. With R rows the caller passes
 * along = -scale * sumDyX / R / (variance + epsilon) and rest = -scale * sumDy / R.
 */
export function batchNormInputGradient(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, along: usize, rest: usize,
  dx: usize, rows: i32, channels: i32, least: f32, most: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const lowest = f32x4.splat(least)
  const highest = f32x4.splat(most)
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c))
      const factor = v128.load(scale + c)
      const normal = normalized(centred, factor, v128.load(beta + c))
      const d = v128.and(v128.load(dy + c), within(normal, lowest, highest))
      const tilted = multiplyAdd(centred, v128.load(along + c), v128.load(rest + c))
      v128.store(dx + c, multiplyAdd(d, factor, tilted))
    }
    for (; c < rowBytes; c += 4) {
      const value = load<f32>(x + c)
      const normal = normalizedOne(value, mean + c, scale + c, beta + c)
      const passed = normal > least && normal < most
      const tilted = (value - load<f32>(mean + c)) * load<f32>(along + c) + load<f32>(rest + c)
      store<f32>(dx + c, (passed ? load<f32>(dy + c) : 0) * load<f32>(scale + c) + tilted)
    }
    x += rowBytes
    dy += rowBytes
    dx += rowBytes
  }
}
