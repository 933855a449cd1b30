// Matrix product in register tiles of 4 x 8. The right matrix is first packed into panels of eight
// columns, [depth][8], so that a tile reads it as one stream; rows go in blocks that stay in the cache
// while all panels pass. A left matrix that is read turned is packed too, four rows at a time: its own
// rows would lie a whole matrix row apart.

import { PANEL, fourByEight } from './register-tile'

const ROWS_PER_BLOCK = 128
/**
 * Longest sum without a break where the left matrix is turned: there the sum may run over all pixels of a batch,
 * and a block of both matrices must fit the cache.
 */
const DEPTH_PER_BLOCK = 256
/** Bytes of four rows. */
const GROUP: usize = 16

/**
 * out[rows, columns] = a x b, with a [rows, inner], or [inner, rows] where `turnedA`, and b [inner, columns],
 * or [columns, inner] where `turnedB`. `room` holds, in floats: the depth of a block times all columns rounded
 * up to eights, that depth times 128 where `turnedA`, and 32.
 */
export function matrixProduct(
  a: usize, b: usize, out: usize, room: usize, rows: i32, inner: i32, columns: i32, turnedA: i32,
  turnedB: i32,
): void {
  const longest = turnedA ? min(inner, DEPTH_PER_BLOCK) : inner
  const tile = room
  const panels = tile + 4 * PANEL
  const groups = panels + <usize>((columns + 7) >> 3) * <usize>longest * PANEL
  const outBytes = <usize>columns << 2
  for (let begin = 0; begin < inner; begin += longest) {
    const depth = min(longest, inner - begin)
    const panelBytes = <usize>depth * PANEL
    packRight(b, panels, begin, depth, inner, columns, turnedB)
    for (let start = 0; start < rows; start += ROWS_PER_BLOCK) {
      const end = min(rows, start + ROWS_PER_BLOCK)
      let rowBytes = <usize>inner << 2
      let step: usize = 4
      if (turnedA) {
        packLeft(a + (<usize>(begin * rows + start) << 2), groups, depth, <usize>rows << 2, end - start)
        rowBytes = 4
        step = GROUP
      }
      for (let o = 0; o < columns; o += 8) {
        const panel = panels + <usize>(o >> 3) * panelBytes
        const whole = columns - o >= 8
        for (let row = start; row < end; row += 4) {
          // The last group may be short: it computes its final row again instead of branching.
          const last = end - 1 - row
          const row1 = <usize>min(1, last)
          const row2 = <usize>min(2, last)
          const row3 = <usize>min(3, last)
          const left = turnedA
            ? groups + <usize>((row - start) * depth) * 4
            : a + <usize>row * rowBytes
          const left1 = left + row1 * rowBytes
          const left2 = left + row2 * rowBytes
          const left3 = left + row3 * rowBytes
          const to = out + <usize>row * outBytes + (<usize>o << 2)
          if (whole) {
            fourByEight(
              left, left1, left2, left3, step, 1, depth, 0, panel, to, to + row1 * outBytes,
              to + row2 * outBytes, to + row3 * outBytes, begin > 0,
            )
          } else {
            fourByEight(
              left, left1, left2, left3, step, 1, depth, 0, panel, tile, tile + PANEL,
              tile + 2 * PANEL, tile + 3 * PANEL, false,
            )
            for (let r = 0; r <= min(3, last); r++) {
              putFew(tile + <usize>r * PANEL, to + <usize>r * outBytes, columns - o, begin > 0)
            }
          }
        }
      }
    }
  }
}

/** Rows `begin` to `begin + depth` of the right matrix. */
function packRight(
  b: usize, panels: usize, begin: i32, depth: i32, inner: i32, columns: i32, turned: i32,
): void {
  for (let o = 0; o < columns; o += 8) {
    const width = min(8, columns - o)
    if (turned) packRows(b + (<usize>(o * inner + begin) << 2), panels, depth, <usize>inner << 2, width)
    else packColumns(b + (<usize>(begin * columns + o) << 2), panels, depth, <usize>columns << 2, width)
    panels += <usize>depth * PANEL
  }
}

/** Eight neighbouring columns; those beyond the last are zero. */
function packColumns(b: usize, panel: usize, depth: i32, rowBytes: usize, width: i32): void {
  if (width == 8) {
    for (let k = 0; k < depth; k++) {
      v128.store(panel, v128.load(b))
      v128.store(panel, v128.load(b, 16), 16)
      b += rowBytes
      panel += PANEL
    }
    return
  }
  const bytes = <usize>width << 2
  memory.fill(panel, 0, <usize>depth * PANEL)
  for (let k = 0; k < depth; k++) {
    memory.copy(panel, b, bytes)
    b += rowBytes
    panel += PANEL
  }
}

/** Eight neighbouring rows, turned; those beyond the last are zero. */
function packRows(b: usize, panel: usize, depth: i32, rowBytes: usize, width: i32): void {
  if (width < 8) memory.fill(panel, 0, <usize>depth * PANEL)
  for (let row = 0; row < width; row++) {
    let from = b
    let to = panel + (<usize>row << 2)
    for (let k = 0; k < depth; k++) {
      store<f32>(to, load<f32>(from))
      from += 4
      to += PANEL
    }
    b += rowBytes
  }
}

/** `count` columns of the turned left matrix, in groups of four: [depth][4]. */
function packLeft(a: usize, groups: usize, depth: i32, rowBytes: usize, count: i32): void {
  for (let first = 0; first < count; first += 4) {
    const width = min(4, count - first)
    let from = a + (<usize>first << 2)
    for (let k = 0; k < depth; k++) {
      if (width == 4) v128.store(groups, v128.load(from))
      else for (let i = 0; i < width; i++) {
        store<f32>(groups + (<usize>i << 2), load<f32>(from + (<usize>i << 2)))
      }
      from += rowBytes
      groups += GROUP
    }
  }
}

/** The first floats of a row of the tile, put to or added to the result. */
function putFew(from: usize, to: usize, count: i32, more: bool): void {
  for (let i = 0; i < count; i++) {
    const value = load<f32>(from)
    store<f32>(to, more ? load<f32>(to) + value : value)
    from += 4
    to += 4
  }
}
