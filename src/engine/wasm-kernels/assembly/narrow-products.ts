// Products of matrices that are narrow: all of the right one lies in the first-level cache, or a stretch of both. Each
// sum is made in the order of matrix-product.ts, so the bits are the same.

import { readAhead } from './read-ahead'
import { PANEL, sixByEight } from './register-tile'
import { multiplyAdd } from './simd'

/** What is to stay in the first-level cache, beside what passes through. */
const HELD_BYTES: usize = 24576
/** Longer sums hide by themselves what beginning and ending them takes. */
const LONGEST_SUM: i32 = 96

/** Rows that are read ahead together. */
const FETCHED_ROWS: i32 = 24

/** Whether sums are short, and the right matrix, packed, is read again from the first-level cache for all rows. */
@inline
export function isHeld(depth: i32, columns: i32): bool {
  return columns % 8 == 0 && depth <= LONGEST_SUM && <usize>(depth * columns) << 2 <= HELD_BYTES
}

/**
 * Six rows at a time times all panels of the right matrix, each [depth][8], so that a row of the result is written in
 * one go. `rows` is a multiple of six, `columns` one of eight. A row has `depth` floats. `sink` is room for four bytes.
 */
export function sixRowsByPanels(
  a: usize, panels: usize, out: usize, sink: usize, rows: i32, depth: i32, columns: i32,
): void {
  const rowBytes = <usize>depth << 2
  const outBytes = <usize>columns << 2
  for (let row = 0; row < rows; row += 6) {
    if (row % FETCHED_ROWS == 0) readAhead(a, <usize>min(FETCHED_ROWS, rows - row) * rowBytes, rowBytes, sink)
    let panel = panels
    for (let o: usize = 0; o < outBytes; o += PANEL) {
      sixByEight(a, rowBytes, 5, 4, depth, panel, out + o, outBytes, false)
      panel += <usize>depth * PANEL
    }
    a += 6 * rowBytes
    out += 6 * outBytes
  }
}

/** How much of the shared side a stretch has where neither side is packed; 0: too little to be worth it, or other tiles. */
@inline
export function stretchOf(rows: i32, columns: i32): i32 {
  const depth = <i32>(HELD_BYTES / (<usize>(rows + columns) << 2))
  return depth < 24 || rows % (ASC_FEATURE_RELAXED_SIMD ? 2 : 4) != 0 || rows < 4 || columns % 8 != 0 ? 0 : depth
}

/**
 * out[row, column] = the sum over `inner` of a[k, row] * b[k, column]: both are read where they lie, a stretch at a time.
 * `rows` is what tiles fill; `columns` is a multiple of eight. `sink` is
 * room for four bytes. Where it `goesOn`, sums go on from what `out` holds.
 */
export function turnedStretches(
  a: usize, b: usize, out: usize, sink: usize, rows: i32, inner: i32, columns: i32, stretch: i32,
  goesOn: bool,
): void {
  const aBytes = <usize>rows << 2
  const bBytes = <usize>columns << 2
  for (let begin = 0; begin < inner; begin += stretch) {
    const depth = min(stretch, inner - begin)
    readAhead(a, <usize>depth * aBytes, aBytes, sink)
    readAhead(b, <usize>depth * bBytes, bBytes, sink)
    for (let o: usize = 0; o < bBytes; o += PANEL) {
      let height = 0
      for (let row = 0; row < rows; row += height) {
        const left = rows - row
        const from = a + (<usize>row << 2)
        const to = out + <usize>row * bBytes + o
        height = ASC_FEATURE_RELAXED_SIMD && (left == 6 || left > 8) ? 6 : 4
        if (height == 6) sixTurned(from, b + o, to, aBytes, bBytes, depth, begin > 0 || goesOn)
        else fourTurned(from, b + o, to, aBytes, bBytes, depth, begin > 0 || goesOn)
      }
    }
    a += <usize>depth * aBytes
    b += <usize>depth * bBytes
  }
}

/** A tile of 6 rows and eight columns; where `more`, its sums go on from what is there. */
function sixTurned(
  a: usize, b: usize, out: usize, aBytes: usize, bBytes: usize, depth: i32, more: bool,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00
  let sum10 = f32x4.splat(0), sum11 = sum10
  let sum20 = f32x4.splat(0), sum21 = sum20
  let sum30 = f32x4.splat(0), sum31 = sum30
  let sum40 = f32x4.splat(0), sum41 = sum40
  let sum50 = f32x4.splat(0), sum51 = sum50
  if (more) {
    let from = out
    sum00 = v128.load(from)
    sum01 = v128.load(from, 16)
    from += bBytes
    sum10 = v128.load(from)
    sum11 = v128.load(from, 16)
    from += bBytes
    sum20 = v128.load(from)
    sum21 = v128.load(from, 16)
    from += bBytes
    sum30 = v128.load(from)
    sum31 = v128.load(from, 16)
    from += bBytes
    sum40 = v128.load(from)
    sum41 = v128.load(from, 16)
    from += bBytes
    sum50 = v128.load(from)
    sum51 = v128.load(from, 16)
  }
  for (let k = 0; k < depth; k++) {
    const w0 = v128.load(b)
    const w1 = v128.load(b, 16)
    let value = v128.load32_splat(a)
    sum00 = multiplyAdd(value, w0, sum00)
    sum01 = multiplyAdd(value, w1, sum01)
    value = v128.load32_splat(a, 4)
    sum10 = multiplyAdd(value, w0, sum10)
    sum11 = multiplyAdd(value, w1, sum11)
    value = v128.load32_splat(a, 8)
    sum20 = multiplyAdd(value, w0, sum20)
    sum21 = multiplyAdd(value, w1, sum21)
    value = v128.load32_splat(a, 12)
    sum30 = multiplyAdd(value, w0, sum30)
    sum31 = multiplyAdd(value, w1, sum31)
    value = v128.load32_splat(a, 16)
    sum40 = multiplyAdd(value, w0, sum40)
    sum41 = multiplyAdd(value, w1, sum41)
    value = v128.load32_splat(a, 20)
    sum50 = multiplyAdd(value, w0, sum50)
    sum51 = multiplyAdd(value, w1, sum51)
    a += aBytes
    b += bBytes
  }
  v128.store(out, sum00)
  v128.store(out, sum01, 16)
  out += bBytes
  v128.store(out, sum10)
  v128.store(out, sum11, 16)
  out += bBytes
  v128.store(out, sum20)
  v128.store(out, sum21, 16)
  out += bBytes
  v128.store(out, sum30)
  v128.store(out, sum31, 16)
  out += bBytes
  v128.store(out, sum40)
  v128.store(out, sum41, 16)
  out += bBytes
  v128.store(out, sum50)
  v128.store(out, sum51, 16)
}

/** A tile of 4 rows and eight columns; where `more`, its sums go on from what is there. */
function fourTurned(
  a: usize, b: usize, out: usize, aBytes: usize, bBytes: usize, depth: i32, more: bool,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00
  let sum10 = f32x4.splat(0), sum11 = sum10
  let sum20 = f32x4.splat(0), sum21 = sum20
  let sum30 = f32x4.splat(0), sum31 = sum30
  if (more) {
    let from = out
    sum00 = v128.load(from)
    sum01 = v128.load(from, 16)
    from += bBytes
    sum10 = v128.load(from)
    sum11 = v128.load(from, 16)
    from += bBytes
    sum20 = v128.load(from)
    sum21 = v128.load(from, 16)
    from += bBytes
    sum30 = v128.load(from)
    sum31 = v128.load(from, 16)
  }
  for (let k = 0; k < depth; k++) {
    const w0 = v128.load(b)
    const w1 = v128.load(b, 16)
    let value = v128.load32_splat(a)
    sum00 = multiplyAdd(value, w0, sum00)
    sum01 = multiplyAdd(value, w1, sum01)
    value = v128.load32_splat(a, 4)
    sum10 = multiplyAdd(value, w0, sum10)
    sum11 = multiplyAdd(value, w1, sum11)
    value = v128.load32_splat(a, 8)
    sum20 = multiplyAdd(value, w0, sum20)
    sum21 = multiplyAdd(value, w1, sum21)
    value = v128.load32_splat(a, 12)
    sum30 = multiplyAdd(value, w0, sum30)
    sum31 = multiplyAdd(value, w1, sum31)
    a += aBytes
    b += bBytes
  }
  v128.store(out, sum00)
  v128.store(out, sum01, 16)
  out += bBytes
  v128.store(out, sum10)
  v128.store(out, sum11, 16)
  out += bBytes
  v128.store(out, sum20)
  v128.store(out, sum21, 16)
  out += bBytes
  v128.store(out, sum30)
  v128.store(out, sum31, 16)
}
