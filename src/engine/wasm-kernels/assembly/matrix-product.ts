// Matrix product in register tiles of 4 x 8. The right matrix is first packed into panels of eight
// columns, [inner][8], so that a tile reads it as one stream; rows go in blocks that stay in the cache
// while all panels pass.

import { multiplyAdd, splatAt } from './simd'

const ROWS_PER_BLOCK = 128
/** Bytes of eight columns. */
const PANEL: usize = 32

/**
 * out[rows, columns] = a x b, with a [rows, inner], or [inner, rows] where `turnedA`, and b [inner, columns],
 * or [columns, inner] where `turnedB`. `panels` has room for `inner` rows of all columns rounded up to eights, and four more.
 */
export function matrixProduct(
  a: usize, b: usize, out: usize, panels: usize, rows: i32, inner: i32, columns: i32, turnedA: i32,
  turnedB: i32,
): void {
  const panelBytes = <usize>inner * PANEL
  const tile = panels + <usize>((columns + 7) >> 3) * panelBytes
  for (let o = 0; o < columns; o += 8) {
    const panel = panels + <usize>(o >> 3) * panelBytes
    const width = min(8, columns - o)
    if (turnedB) packRows(b + (<usize>(o * inner) << 2), panel, inner, width)
    else packColumns(b + (<usize>o << 2), panel, inner, <usize>columns << 2, width)
  }
  const rowBytes: usize = turnedA ? 4 : <usize>inner << 2
  const step: usize = turnedA ? <usize>rows << 2 : 4
  const outBytes = <usize>columns << 2
  for (let start = 0; start < rows; start += ROWS_PER_BLOCK) {
    const end = min(rows, start + ROWS_PER_BLOCK)
    for (let o = 0; o < columns; o += 8) {
      const panel = panels + <usize>(o >> 3) * panelBytes
      const column = out + (<usize>o << 2)
      const whole = columns - o >= 8
      for (let row = start; row < end; row += 4) {
        // The last group may be short: it computes its final row again instead of branching.
        const row1 = min(row + 1, end - 1)
        const row2 = min(row + 2, end - 1)
        const row3 = min(row + 3, end - 1)
        const a0 = a + <usize>row * rowBytes
        const a1 = a + <usize>row1 * rowBytes
        const a2 = a + <usize>row2 * rowBytes
        const a3 = a + <usize>row3 * rowBytes
        if (whole) {
          fourByEight(
            a0, a1, a2, a3, step, panel, inner, column + <usize>row * outBytes,
            column + <usize>row1 * outBytes, column + <usize>row2 * outBytes,
            column + <usize>row3 * outBytes,
          )
        } else {
          fourByEight(
            a0, a1, a2, a3, step, panel, inner, tile, tile + PANEL, tile + 2 * PANEL, tile + 3 * PANEL,
          )
          const bytes = <usize>(columns - o) << 2
          memory.copy(column + <usize>row * outBytes, tile, bytes)
          memory.copy(column + <usize>row1 * outBytes, tile + <usize>(row1 - row) * PANEL, bytes)
          memory.copy(column + <usize>row2 * outBytes, tile + <usize>(row2 - row) * PANEL, bytes)
          memory.copy(column + <usize>row3 * outBytes, tile + <usize>(row3 - row) * PANEL, bytes)
        }
      }
    }
  }
}

function fourByEight(
  a0: usize, a1: usize, a2: usize, a3: usize, step: usize, panel: usize, inner: i32, out0: usize,
  out1: usize, out2: usize, out3: usize,
): void {
  let sum00 = f32x4.splat(0)
  let sum01 = sum00
  let sum10 = sum00
  let sum11 = sum00
  let sum20 = sum00
  let sum21 = sum00
  let sum30 = sum00
  let sum31 = sum00
  for (let k = 0; k < inner; k++) {
    const w0 = v128.load(panel)
    const w1 = v128.load(panel, 16)
    let value = splatAt(a0)
    sum00 = multiplyAdd(value, w0, sum00)
    sum01 = multiplyAdd(value, w1, sum01)
    value = splatAt(a1)
    sum10 = multiplyAdd(value, w0, sum10)
    sum11 = multiplyAdd(value, w1, sum11)
    value = splatAt(a2)
    sum20 = multiplyAdd(value, w0, sum20)
    sum21 = multiplyAdd(value, w1, sum21)
    value = splatAt(a3)
    sum30 = multiplyAdd(value, w0, sum30)
    sum31 = multiplyAdd(value, w1, sum31)
    a0 += step
    a1 += step
    a2 += step
    a3 += step
    panel += PANEL
  }
  v128.store(out0, sum00)
  v128.store(out0, sum01, 16)
  v128.store(out1, sum10)
  v128.store(out1, sum11, 16)
  v128.store(out2, sum20)
  v128.store(out2, sum21, 16)
  v128.store(out3, sum30)
  v128.store(out3, sum31, 16)
}

/** Eight neighbouring columns; those beyond the last are zero. */
function packColumns(b: usize, panel: usize, inner: i32, rowBytes: usize, width: i32): void {
  if (width == 8) {
    for (let k = 0; k < inner; k++) {
      v128.store(panel, v128.load(b))
      v128.store(panel, v128.load(b, 16), 16)
      b += rowBytes
      panel += PANEL
    }
    return
  }
  const bytes = <usize>width << 2
  memory.fill(panel, 0, <usize>inner * PANEL)
  for (let k = 0; k < inner; k++) {
    memory.copy(panel, b, bytes)
    b += rowBytes
    panel += PANEL
  }
}

/** Eight neighbouring rows, turned; those beyond the last are zero. */
function packRows(b: usize, panel: usize, inner: i32, width: i32): void {
  if (width < 8) memory.fill(panel, 0, <usize>inner * PANEL)
  for (let row = 0; row < width; row++) {
    let from = b + (<usize>(row * inner) << 2)
    let to = panel + (<usize>row << 2)
    for (let k = 0; k < inner; k++) {
      store<f32>(to, load<f32>(from))
      from += 4
      to += PANEL
    }
  }
}
