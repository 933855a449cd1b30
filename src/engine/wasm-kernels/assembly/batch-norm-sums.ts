// Sums over the rows that the gradients of batch normalisation need, in one pass.

import { GROUP, ROWS_PER_SUM, SHORT } from './batch-norm-moments'
import { ABOVE, BETWEEN, FACTOR, LINEAR, MEAN, OFFSET, STEP, limitingOf, normalizedOne, passing, placeOf } from './batch-norm-table'
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
      if (kind == LINEAR) groupsOfRows(LINEAR, true, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
      else if (kind == ABOVE) groupsOfRows(ABOVE, true, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
      else groupsOfRows(BETWEEN, true, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    } else if (kind == LINEAR) groupsOfRows(LINEAR, false, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    else if (kind == ABOVE) groupsOfRows(ABOVE, false, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    else groupsOfRows(BETWEEN, false, x + at, dy + at, table, parts, partsX, count, rowBytes, least, most)
    for (let c: usize = 0; c < rowBytes; c += 4) {
      const one = placeOf(table, c)
      for (let i = c >= vectorBytes ? 0 : count & -GROUP; i < count; i++) {
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

/**
 * Four rows at a time, four channels: a sum of many rows would wait for itself each time. Sums of short rows begin anew for
 * each four, those of long rows go on from what is there.
 */
@inline
function groupsOfRows(
  kind: i32, isLong: bool, x: usize, dy: usize, table: usize, sums: usize, sumsX: usize, count: i32, rowBytes: usize,
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
      let sum = isLong ? v128.load(sums + c) : f32x4.splat(0)
      let sumX = isLong ? v128.load(sumsX + c) : f32x4.splat(0)
      // Written out: a loop of four turns costs as much as a row.
      let at = x + c
      let by = dy + c
      const centred0 = f32x4.sub(v128.load(at), mean)
      const d0 = passing(kind, v128.load(by), centred0, factor, offset, low, high)
      at += rowBytes
      by += rowBytes
      const centred1 = f32x4.sub(v128.load(at), mean)
      const d1 = passing(kind, v128.load(by), centred1, factor, offset, low, high)
      at += rowBytes
      by += rowBytes
      const centred2 = f32x4.sub(v128.load(at), mean)
      const d2 = passing(kind, v128.load(by), centred2, factor, offset, low, high)
      at += rowBytes
      by += rowBytes
      const centred3 = f32x4.sub(v128.load(at), mean)
      const d3 = passing(kind, v128.load(by), centred3, factor, offset, low, high)
      sum = f32x4.add(f32x4.add(f32x4.add(f32x4.add(sum, d0), d1), d2), d3)
      if (isLong) {
        sumX = f32x4.add(f32x4.add(sumX, f32x4.mul(d0, centred0)), f32x4.mul(d1, centred1))
        sumX = f32x4.add(f32x4.add(sumX, f32x4.mul(d2, centred2)), f32x4.mul(d3, centred3))
      } else sumX = multiplyAdd(d3, centred3, multiplyAdd(d2, centred2, multiplyAdd(d1, centred1, multiplyAdd(d0, centred0, sumX))))
      if (isLong) {
        v128.store(sums + c, sum)
        v128.store(sumsX + c, sumX)
      } else {
        addTo(sums + c, sum)
        addTo(sumsX + c, sumX)
      }
      t += STEP
    }
    x += <usize>GROUP * rowBytes
    dy += <usize>GROUP * rowBytes
  }
}
