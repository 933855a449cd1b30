// Batch normalisation in training mode (Ioffe & Szegedy 2015) over the last axis, with the ReLU that often
// follows it: `rows` rows of `channels` floats. Statistics are biased (divided by rows), as
// TensorFlow.js computes them. `floor` is 0 with a ReLU and -Infinity without.
//
// Sums are made of a few rows at a time, four channels after four: those rows stay in the first-level
// cache meanwhile, and short partial sums keep float32 rounding small.

import { addScalarTo, addTo, multiplyAdd } from './simd'

/** Rows of a partial sum take about this many bytes. */
const CHUNK_BYTES: i32 = 16384

@inline
function rowsPerChunk(channels: i32): i32 {
  return max(8, CHUNK_BYTES / (channels << 2))
}

/** mean[c] and variance[c] of each column. */
export function batchNormMoments(
  x: usize, mean: usize, variance: usize, rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const chunk = rowsPerChunk(channels)
  memory.fill(mean, 0, rowBytes)
  memory.fill(variance, 0, rowBytes)
  for (let start = 0; start < rows; start += chunk) {
    const count = min(chunk, rows - start)
    const part = x + <usize>start * rowBytes
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      momentsOfFour(part + c, x + c, mean + c, variance + c, count, rowBytes)
    }
    for (; c < rowBytes; c += 4) {
      momentsOfOne(part + c, x + c, mean + c, variance + c, count, rowBytes)
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
 * Adds distances and squared distances to the sums. Distances are taken from the first row of all, so
 * that a large mean does not swallow the variance. Two rows at a time: one would wait for its own sums.
 */
function momentsOfFour(
  x: usize, first: usize, sums: usize, squares: usize, rows: i32, rowBytes: usize,
): void {
  const origin = v128.load(first)
  let sum0 = f32x4.splat(0), sum1 = sum0
  let square0 = sum0, square1 = sum0
  let i = 0
  for (; i + 2 <= rows; i += 2) {
    const distance0 = f32x4.sub(v128.load(x), origin)
    const distance1 = f32x4.sub(v128.load(x + rowBytes), origin)
    sum0 = f32x4.add(sum0, distance0)
    sum1 = f32x4.add(sum1, distance1)
    square0 = multiplyAdd(distance0, distance0, square0)
    square1 = multiplyAdd(distance1, distance1, square1)
    x += 2 * rowBytes
  }
  if (i < rows) {
    const distance = f32x4.sub(v128.load(x), origin)
    sum0 = f32x4.add(sum0, distance)
    square0 = multiplyAdd(distance, distance, square0)
  }
  addTo(sums, f32x4.add(sum0, sum1))
  addTo(squares, f32x4.add(square0, square1))
}

function momentsOfOne(
  x: usize, first: usize, sums: usize, squares: usize, rows: i32, rowBytes: usize,
): void {
  const origin = load<f32>(first)
  let sum: f32 = 0
  let square: f32 = 0
  for (let i = 0; i < rows; i++) {
    const distance = load<f32>(x) - origin
    sum += distance
    square += distance * distance
    x += rowBytes
  }
  addScalarTo(sums, sum)
  addScalarTo(squares, square)
}

/**
 * y = (x - mean) * scale + beta, but not below `floor`, with scale = gamma / sqrt(variance + epsilon) given
 * per channel.
 */
export function batchNormApply(
  x: usize, mean: usize, scale: usize, beta: usize, y: usize, rows: i32, channels: i32, floor: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const floors = f32x4.splat(floor)
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const value = normalized(v128.load(x + c), mean + c, scale + c, beta + c)
      v128.store(y + c, f32x4.max(value, floors))
    }
    for (; c < rowBytes; c += 4) {
      const value = normalizedOne(load<f32>(x + c), mean + c, scale + c, beta + c)
      store<f32>(y + c, max<f32>(value, floor))
    }
    x += rowBytes
    y += rowBytes
  }
}

/** The gradient finds out with the same operations which outputs a ReLU let through. */
@inline
function normalized(x: v128, mean: usize, scale: usize, beta: usize): v128 {
  const centred = f32x4.sub(x, v128.load(mean))
  return f32x4.add(f32x4.mul(centred, v128.load(scale)), v128.load(beta))
}

@inline
function normalizedOne(x: f32, mean: usize, scale: usize, beta: usize): f32 {
  return (x - load<f32>(mean)) * load<f32>(scale) + load<f32>(beta)
}

/** sumDy[c] = sum of dy, sumDyX[c] = sum of dy * (x - mean), over what passed the ReLU. */
export function batchNormGradientSums(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, sumDy: usize, sumDyX: usize,
  rows: i32, channels: i32, floor: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const chunk = rowsPerChunk(channels)
  memory.fill(sumDy, 0, rowBytes)
  memory.fill(sumDyX, 0, rowBytes)
  for (let start = 0; start < rows; start += chunk) {
    const count = min(chunk, rows - start)
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      gradientSumsOfFour(
        x + c, dy + c, mean + c, scale + c, beta + c, sumDy + c, sumDyX + c, count, rowBytes, floor,
      )
    }
    for (; c < rowBytes; c += 4) {
      gradientSumsOfOne(
        x + c, dy + c, mean + c, scale + c, beta + c, sumDy + c, sumDyX + c, count, rowBytes, floor,
      )
    }
    x += <usize>count * rowBytes
    dy += <usize>count * rowBytes
  }
}

function gradientSumsOfFour(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, sumDy: usize, sumDyX: usize,
  rows: i32, rowBytes: usize, floor: f32,
): void {
  const centre = v128.load(mean)
  const slope = v128.load(scale)
  const offset = v128.load(beta)
  const floors = f32x4.splat(floor)
  let total0 = f32x4.splat(0), total1 = total0
  let totalX0 = total0, totalX1 = total0
  let i = 0
  for (; i + 2 <= rows; i += 2) {
    const centred0 = f32x4.sub(v128.load(x), centre)
    const centred1 = f32x4.sub(v128.load(x + rowBytes), centre)
    const passed0 = f32x4.gt(f32x4.add(f32x4.mul(centred0, slope), offset), floors)
    const passed1 = f32x4.gt(f32x4.add(f32x4.mul(centred1, slope), offset), floors)
    const d0 = v128.and(v128.load(dy), passed0)
    const d1 = v128.and(v128.load(dy + rowBytes), passed1)
    total0 = f32x4.add(total0, d0)
    total1 = f32x4.add(total1, d1)
    totalX0 = multiplyAdd(d0, centred0, totalX0)
    totalX1 = multiplyAdd(d1, centred1, totalX1)
    x += 2 * rowBytes
    dy += 2 * rowBytes
  }
  if (i < rows) {
    const centred = f32x4.sub(v128.load(x), centre)
    const passed = f32x4.gt(f32x4.add(f32x4.mul(centred, slope), offset), floors)
    const d = v128.and(v128.load(dy), passed)
    total0 = f32x4.add(total0, d)
    totalX0 = multiplyAdd(d, centred, totalX0)
  }
  addTo(sumDy, f32x4.add(total0, total1))
  addTo(sumDyX, f32x4.add(totalX0, totalX1))
}

function gradientSumsOfOne(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, sumDy: usize, sumDyX: usize,
  rows: i32, rowBytes: usize, floor: f32,
): void {
  let total: f32 = 0
  let totalX: f32 = 0
  for (let i = 0; i < rows; i++) {
    const value = load<f32>(x)
    if (normalizedOne(value, mean, scale, beta) > floor) {
      const d = load<f32>(dy)
      total += d
      totalX += d * (value - load<f32>(mean))
    }
    x += rowBytes
    dy += rowBytes
  }
  addScalarTo(sumDy, total)
  addScalarTo(sumDyX, totalX)
}

/**
 * dx = scale * (dy - shift - (x - mean) * slope), dy where it passed the ReLU. With R rows the caller passes
 * shift = sumDy / R and slope = sumDyX / R / (variance + epsilon).
 */
export function batchNormInputGradient(
  x: usize, dy: usize, mean: usize, scale: usize, beta: usize, shift: usize, slope: usize,
  dx: usize, rows: i32, channels: i32, floor: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const floors = f32x4.splat(floor)
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c))
      const factor = v128.load(scale + c)
      const passed = f32x4.gt(f32x4.add(f32x4.mul(centred, factor), v128.load(beta + c)), floors)
      const along = f32x4.mul(centred, v128.load(slope + c))
      const d = v128.and(v128.load(dy + c), passed)
      const rest = f32x4.sub(f32x4.sub(d, v128.load(shift + c)), along)
      v128.store(dx + c, f32x4.mul(rest, factor))
    }
    for (; c < rowBytes; c += 4) {
      const value = load<f32>(x + c)
      const passed = normalizedOne(value, mean + c, scale + c, beta + c) > floor
      const along = (value - load<f32>(mean + c)) * load<f32>(slope + c)
      const rest = (passed ? load<f32>(dy + c) : 0) - load<f32>(shift + c) - along
      store<f32>(dx + c, rest * load<f32>(scale + c))
    }
    x += rowBytes
    dy += rowBytes
    dx += rowBytes
  }
}
