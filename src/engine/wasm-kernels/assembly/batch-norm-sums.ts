// Sums over the rows that the gradients of batch normalisation need, in one pass.

import { BAND_BYTES, GROUP, ROWS_PER_SUM, SHORT } from './batch-norm-moments'
import { ABOVE, BETWEEN, FACTOR, LINEAR, MEAN, OFFSET, STEP, limitingOf, normalizedOne, passing, placeOf } from './batch-norm-table'
import { readAhead } from './read-ahead'
import { addScalarTo, addTo, multiplyAdd } from './simd'

/**
 * sumDy[c] = sum of dy, sumDyX[c] = sum of dy * (x - mean), over what was between the ends. `parts` has room for two
 * rows.
 */
export function gradientSums(
  x: usize, dy: usize, table: usize, sumDy: usize, sumDyX: usize, parts: usize, rows: i32, channels: i32,
  least: f32, most: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const isLong = channels > SHORT
  const partsX = parts + rowBytes
  const kind = limitingOf(least, most)
  memory.fill(sumDy, 0, rowBytes)
  memory.fill(sumDyX, 0, rowBytes)
  for (let start = 0; start < rows; start += ROWS_PER_SUM) {
    const count = min(ROWS_PER_SUM, rows - start)
    const at = <usize>start * rowBytes
    memory.fill(parts, 0, 2 * rowBytes)
    if (isLong) {
      if (kind == LINEAR) bandsOfRows(LINEAR, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
      else if (kind == ABOVE) bandsOfRows(ABOVE, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
      else bandsOfRows(BETWEEN, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    } else if (kind == LINEAR) groupsOfRows(LINEAR, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    else if (kind == ABOVE) groupsOfRows(ABOVE, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    else groupsOfRows(BETWEEN, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    for (let c: usize = 0; c < rowBytes; c += 4) {
      const one = placeOf(table, c)
      for (let i = c >= vectorBytes ? 0 : isLong ? count : count & -GROUP; i < count; i++) {
        const from = at + <usize>i * rowBytes + c
        const value = load<f32>(x + from)
        const normal = normalizedOne(value, one)
        if (!(normal > least && normal < most)) continue
        const d = load<f32>(dy + from)
        addScalarTo(parts + c, d)
        addScalarTo(partsX + c, d * (value - load<f32>(one, MEAN)))
      }
    }
    for (let c: usize = 0; c < rowBytes; c += 4) {
      addScalarTo(sumDy + c, load<f32>(parts + c))
      addScalarTo(sumDyX + c, load<f32>(partsX + c))
    }
  }
}

/** Four rows at a time, four channels; sums begin anew for each four. */
@inline
function groupsOfRows(
  kind: i32, x: usize, dy: usize, table: usize, sums: usize, sumsX: usize, count: i32, rowBytes: usize,
  least: f32, most: f32,
): void {
  const low = f32x4.splat(least)
  const high = f32x4.splat(most)
  const vectorBytes = rowBytes & ~15
  for (let i = 0; i + GROUP <= count; i += GROUP) {
    let t = table
    for (let c: usize = 0; c < vectorBytes; c += 16) {
      const mean = v128.load(t, MEAN)
      const factor = v128.load(t, FACTOR)
      const offset = v128.load(t, OFFSET)
      let sum = f32x4.splat(0)
      let sumX = sum
      let at = x + c
      let by = dy + c
      for (let row = 0; row < GROUP; row++) {
        const centred = f32x4.sub(v128.load(at), mean)
        const d = passing(kind, v128.load(by), centred, factor, offset, low, high)
        sum = f32x4.add(sum, d)
        sumX = multiplyAdd(d, centred, sumX)
        at += rowBytes
        by += rowBytes
      }
      addTo(sums + c, sum)
      addTo(sumsX + c, sumX)
      t += STEP
    }
    x += <usize>GROUP * rowBytes
    dy += <usize>GROUP * rowBytes
  }
}

/** Long rows, whose sums go on from what is there. Some rows of both are read in their order first. */
@inline
function bandsOfRows(
  kind: i32, x: usize, dy: usize, table: usize, sums: usize, sumsX: usize, count: i32, rowBytes: usize,
  least: f32, most: f32,
): void {
  const low = f32x4.splat(least)
  const high = f32x4.splat(most)
  const vectorBytes = rowBytes & ~15
  const band = <i32>max(4, BAND_BYTES / rowBytes)
  for (let done = 0; done < count; done += band) {
    const rows = min(band, count - done)
    const bytes = <usize>rows * rowBytes
    // Where what comes of the reading is put stands a sum.
    const kept = load<f32>(sums)
    readAhead(x, bytes, rowBytes, sums)
    readAhead(dy, bytes, rowBytes, sums)
    store<f32>(sums, kept)
    let t = table
    for (let c: usize = 0; c < vectorBytes; c += 16) {
      const mean = v128.load(t, MEAN)
      const factor = v128.load(t, FACTOR)
      const offset = v128.load(t, OFFSET)
      let sum = v128.load(sums + c)
      let sumX = v128.load(sumsX + c)
      let at = x + c
      let by = dy + c
      for (let row = 0; row < rows; row++) {
        const centred = f32x4.sub(v128.load(at), mean)
        const d = passing(kind, v128.load(by), centred, factor, offset, low, high)
        sum = f32x4.add(sum, d)
        sumX = f32x4.add(sumX, f32x4.mul(d, centred))
        at += rowBytes
        by += rowBytes
      }
      v128.store(sums + c, sum)
      v128.store(sumsX + c, sumX)
      t += STEP
    }
    x += bytes
    dy += bytes
  }
}
