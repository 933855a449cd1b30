// Batch normalisation in training mode (Ioffe & Szegedy 2015) over the last axis, with the ReLU that often
// follows it: `rows` rows of `channels` floats. Statistics are biased (divided by rows), as
// TensorFlow.js computes them. What is normalised is kept between `least` and `most`: 0 and Infinity with a ReLU,
// 0 and 6 with a ReLU6, -Infinity and Infinity without.
//
// What is the same for all rows lies in a table, side by side for four channels at a time, so that one address finds
// all of it: finding addresses costs as many instructions as the arithmetic.

import { SHORT, momentsOf, momentsOfPiece } from './batch-norm-moments'
import { gradientSums } from './batch-norm-sums'
import {
  ABOVE, BETWEEN, FACTOR, LINEAR, MEAN, OFFSET, REST, STEP, TILT, limited, limitingOf, normalized,
  normalizedOne, passing, placeOf,
} from './batch-norm-table'
import { clippedOne, multiplyAdd } from './simd'

/**
 * y = (x - mean) * scale + beta, but not beyond the ends, with scale = gamma / sqrt(variance + epsilon). `mean` and
 * `variance` are written first, those of x, unless they are `held`. `room` holds seven rows.
 */
export function batchNormForward(
  x: usize, gamma: usize, beta: usize, mean: usize, variance: usize, y: usize, room: usize, rows: i32,
  channels: i32, epsilon: f64, least: f32, most: f32, held: i32,
): void {
  const rowBytes = <usize>channels << 2
  const table = room + 2 * rowBytes
  if (!held) momentsOf(x, mean, variance, room, rows, channels)
  tabulate(table, gamma, beta, mean, variance, rowBytes, epsilon)
  const kind = limitingOf(least, most)
  if (kind == LINEAR) apply(LINEAR, x, table, y, rows, rowBytes, least, most)
  else if (kind == ABOVE) apply(ABOVE, x, table, y, rows, rowBytes, least, most)
  else apply(BETWEEN, x, table, y, rows, rowBytes, least, most)
}

/** Statistics of x, of which some rows are made at a time: see `momentsOfPiece`. `room` holds two rows, and is kept between pieces. */
export function batchNormMoments(
  x: usize, origins: usize, mean: usize, variance: usize, room: usize, before: i32, rows: i32, total: i32,
  channels: i32,
): void {
  momentsOfPiece(x, origins, mean, variance, room, before, rows, total, channels)
}

@inline
function deviation(variance: usize, epsilon: f64): f64 {
  return sqrt<f64>(<f64>load<f32>(variance) + epsilon)
}

function tabulate(
  table: usize, gamma: usize, beta: usize, mean: usize, variance: usize, rowBytes: usize, epsilon: f64,
): void {
  for (let c: usize = 0; c < rowBytes; c += 4) {
    const one = placeOf(table, c)
    store<f32>(one, load<f32>(mean + c), MEAN)
    store<f32>(one, <f32>(<f64>load<f32>(gamma + c) / deviation(variance + c, epsilon)), FACTOR)
    store<f32>(one, load<f32>(beta + c), OFFSET)
  }
}

/** Whether four rows go side by side, which needs what is the same for all rows once for the four. */
@inline
function isInGroups(rowBytes: usize): bool {
  return (rowBytes & 15) == 0 && rowBytes <= <usize>SHORT << 2
}

@inline
function apply(
  kind: i32, x: usize, table: usize, y: usize, rows: i32, rowBytes: usize, least: f32, most: f32,
): void {
  const vectorBytes = rowBytes & ~15
  const pairBytes = rowBytes & ~31
  const low = f32x4.splat(least)
  const high = f32x4.splat(most)
  const groups = isInGroups(rowBytes) ? rows & ~3 : 0
  for (let i = 0; i < groups; i += 4) {
    let t = table
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const mean = v128.load(t, MEAN)
      const factor = v128.load(t, FACTOR)
      const offset = v128.load(t, OFFSET)
      let from = x + c
      let to = y + c
      for (let row = 0; row < 4; row++) {
        const value = normalized(f32x4.sub(v128.load(from), mean), factor, offset)
        v128.store(to, limited(kind, value, low, high))
        from += rowBytes
        to += rowBytes
      }
      t += STEP
    }
    x += 4 * rowBytes
    y += 4 * rowBytes
  }
  for (let i = groups; i < rows; i++) {
    let t = table
    let c: usize = 0
    for (; c < pairBytes; c += 32) {
      const from = x + c
      const to = y + c
      const value0 = normalized(f32x4.sub(v128.load(from), v128.load(t, MEAN)), v128.load(t, FACTOR), v128.load(t, OFFSET))
      v128.store(to, limited(kind, value0, low, high))
      const value1 = normalized(
        f32x4.sub(v128.load(from, 16), v128.load(t, MEAN + STEP)), v128.load(t, FACTOR + STEP), v128.load(t, OFFSET + STEP),
      )
      v128.store(to, limited(kind, value1, low, high), 16)
      t += 2 * STEP
    }
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(t, MEAN))
      const value = normalized(centred, v128.load(t, FACTOR), v128.load(t, OFFSET))
      v128.store(y + c, limited(kind, value, low, high))
      t += STEP
    }
    for (; c < rowBytes; c += 4) {
      const value = normalizedOne(load<f32>(x + c), placeOf(table, c))
      store<f32>(y + c, clippedOne(value, least, most))
    }
    x += rowBytes
    y += rowBytes
  }
}

/**
 * Gradients by dy, which passes where y was between the ends. dBeta = sum of dy; dGamma = sum of dy * (x - mean) / sigma,
 * sigma = sqrt(variance + epsilon); dx, unless that is 0, = scale * dy and, unless statistics are `held`, what flows
 * back by way of them: scale * (-(x - mean) * sum(dy * (x - mean)) / sigma^2 - sum(dy)) / rows. dx may be dy. The sums
 * are left out where `summed` is 0, which needs held statistics. `room` holds seven rows.
 */
export function batchNormBackward(
  x: usize, dy: usize, gamma: usize, beta: usize, mean: usize, variance: usize, dGamma: usize, dBeta: usize,
  dx: usize, room: usize, rows: i32, channels: i32, epsilon: f64, least: f32, most: f32, held: i32, summed: i32,
): void {
  const rowBytes = <usize>channels << 2
  const table = room + 2 * rowBytes
  tabulate(table, gamma, beta, mean, variance, rowBytes, epsilon)
  if (summed) gradientSums(x, dy, table, dBeta, dGamma, room, rows, channels, least, most)
  for (let c: usize = 0; c < rowBytes; c += 4) {
    const one = placeOf(table, c)
    const sigma = deviation(variance + c, epsilon)
    const sumDyX = <f64>load<f32>(dGamma + c)
    const scaled = <f64>load<f32>(one, FACTOR) / <f64>rows
    store<f32>(one, held ? 0 : <f32>((-scaled * sumDyX) / (sigma * sigma)), TILT)
    store<f32>(one, held ? 0 : <f32>(-scaled * <f64>load<f32>(dBeta + c)), REST)
    store<f32>(dGamma + c, <f32>(sumDyX / sigma))
  }
  if (dx) batchNormInputGradient(x, dy, room, dx, rows, channels, least, most)
}

/** dx of some rows. `room` is as `batchNormBackward` left it, which was given all of them, and no place for dx. */
export function batchNormInputGradient(
  x: usize, dy: usize, room: usize, dx: usize, rows: i32, channels: i32, least: f32, most: f32,
): void {
  const rowBytes = <usize>channels << 2
  const table = room + 2 * rowBytes
  const kind = limitingOf(least, most)
  if (kind == LINEAR) inputGradient(LINEAR, x, dy, table, dx, rows, rowBytes, least, most)
  else if (kind == ABOVE) inputGradient(ABOVE, x, dy, table, dx, rows, rowBytes, least, most)
  else inputGradient(BETWEEN, x, dy, table, dx, rows, rowBytes, least, most)
}

/** dx = scale * dy + tilt * (x - mean) + rest, dy where y was between the ends. */
@inline
function inputGradient(
  kind: i32, x: usize, dy: usize, table: usize, dx: usize, rows: i32, rowBytes: usize, least: f32, most: f32,
): void {
  const vectorBytes = rowBytes & ~15
  const pairBytes = rowBytes & ~31
  const low = f32x4.splat(least)
  const high = f32x4.splat(most)
  const groups = isInGroups(rowBytes) ? rows & ~3 : 0
  for (let i = 0; i < groups; i += 4) {
    let t = table
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const mean = v128.load(t, MEAN)
      const factor = v128.load(t, FACTOR)
      const offset = v128.load(t, OFFSET)
      const tilt = v128.load(t, TILT)
      const rest = v128.load(t, REST)
      let from = x + c
      let by = dy + c
      let to = dx + c
      const centred0 = f32x4.sub(v128.load(from), mean)
      const d0 = passing(kind, v128.load(by), centred0, factor, offset, low, high)
      v128.store(to, multiplyAdd(d0, factor, multiplyAdd(centred0, tilt, rest)))
      from += rowBytes
      by += rowBytes
      to += rowBytes
      const centred1 = f32x4.sub(v128.load(from), mean)
      const d1 = passing(kind, v128.load(by), centred1, factor, offset, low, high)
      v128.store(to, multiplyAdd(d1, factor, multiplyAdd(centred1, tilt, rest)))
      from += rowBytes
      by += rowBytes
      to += rowBytes
      const centred2 = f32x4.sub(v128.load(from), mean)
      const d2 = passing(kind, v128.load(by), centred2, factor, offset, low, high)
      v128.store(to, multiplyAdd(d2, factor, multiplyAdd(centred2, tilt, rest)))
      from += rowBytes
      by += rowBytes
      to += rowBytes
      const centred3 = f32x4.sub(v128.load(from), mean)
      const d3 = passing(kind, v128.load(by), centred3, factor, offset, low, high)
      v128.store(to, multiplyAdd(d3, factor, multiplyAdd(centred3, tilt, rest)))
      t += STEP
    }
    x += 4 * rowBytes
    dy += 4 * rowBytes
    dx += 4 * rowBytes
  }
  for (let i = groups; i < rows; i++) {
    let t = table
    let c: usize = 0
    for (; c < pairBytes; c += 32) {
      const from = x + c
      const by = dy + c
      const to = dx + c
      const centred0 = f32x4.sub(v128.load(from), v128.load(t, MEAN))
      const factor0 = v128.load(t, FACTOR)
      const d0 = passing(kind, v128.load(by), centred0, factor0, v128.load(t, OFFSET), low, high)
      const tilted0 = multiplyAdd(centred0, v128.load(t, TILT), v128.load(t, REST))
      const centred1 = f32x4.sub(v128.load(from, 16), v128.load(t, MEAN + STEP))
      const factor1 = v128.load(t, FACTOR + STEP)
      const d1 = passing(kind, v128.load(by, 16), centred1, factor1, v128.load(t, OFFSET + STEP), low, high)
      const tilted1 = multiplyAdd(centred1, v128.load(t, TILT + STEP), v128.load(t, REST + STEP))
      v128.store(to, multiplyAdd(d0, factor0, tilted0))
      v128.store(to, multiplyAdd(d1, factor1, tilted1), 16)
      t += 2 * STEP
    }
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(t, MEAN))
      const factor = v128.load(t, FACTOR)
      const d = passing(kind, v128.load(dy + c), centred, factor, v128.load(t, OFFSET), low, high)
      const tilted = multiplyAdd(centred, v128.load(t, TILT), v128.load(t, REST))
      v128.store(dx + c, multiplyAdd(d, factor, tilted))
      t += STEP
    }
    for (; c < rowBytes; c += 4) {
      const one = placeOf(table, c)
      const value = load<f32>(x + c)
      const normal = normalizedOne(value, one)
      const passed = normal > least && normal < most
      const tilted = (value - load<f32>(one, MEAN)) * load<f32>(one, TILT) + load<f32>(one, REST)
      store<f32>(dx + c, (passed ? load<f32>(dy + c) : 0) * load<f32>(one, FACTOR) + tilted)
    }
    x += rowBytes
    dy += rowBytes
    dx += rowBytes
  }
}
