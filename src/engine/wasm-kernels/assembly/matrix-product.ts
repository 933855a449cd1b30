// Matrix product in register tiles, eight columns wide. The right matrix is first packed into panels of eight
// columns, [depth][8], so that a tile reads it as one stream; rows go in blocks that stay in the cache
// while all panels pass. A left matrix that is read turned is packed too, the rows of a tile together: its own
// rows would lie a whole matrix row apart.

import { isHeld, sixRowsByPanels, stretchOf, turnedStretches } from './narrow-products'
import { readAhead } from './read-ahead'
import { PANEL, fourByEight, sixByEight } from './register-tile'

/**
 * Rows of a tile. Six fill the registers where multiply-add is one instruction; where it is two, the product
 * between them needs a register as well.
 */
@inline
function tileRows(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 6 : 4
}

/** Rows of the next tile of `left` rows: tiles of four at the end where those of six would leave more of them empty. */
@inline
function nextHeight(left: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 4
  return left == 6 || left == 5 || left > 8 ? 6 : 4
}

/** Whole tiles of either size. */
const ROWS_PER_BLOCK = 132
/**
 * Longest sum without a break where the left matrix is turned: there the sum may run over all pixels of a batch,
 * and a block of both matrices must fit the cache.
 */
const DEPTH_PER_BLOCK = 256
/** Rows longer than this are not read ahead: a block of them would leave the cache before it is used. */
const LONGEST_ROW: usize = 1024

/**
 * out[rows, columns] = a x b, with a [rows, inner], or [inner, rows] where `turnedA`, and b [inner, columns],
 * or [columns, inner] where `turnedB`. `room` holds, in floats: the depth of a block times all columns rounded
 * up to eights, that depth times 132 where `turnedA`, and 48. Where it `goesOn`, a first part was done before with the same
 * room: where `turnedA`, of the sums, which go on from what `out` holds; else of the rows, and b is packed already.
 */
export function matrixProduct(
  a: usize, b: usize, out: usize, room: usize, rows: i32, inner: i32, columns: i32, turnedA: i32,
  turnedB: i32, goesOn: i32,
): void {
  if (turnedA && !turnedB) {
    const stretch = stretchOf(rows, columns)
    if (stretch > 0) {
      turnedStretches(a, b, out, room, rows, inner, columns, stretch, goesOn != 0)
      return
    }
  }
  const longest = turnedA ? min(inner, DEPTH_PER_BLOCK) : inner
  const tile = room
  const panels = tile + <usize>tileRows() * PANEL
  const groups = panels + <usize>((columns + 7) >> 3) * <usize>longest * PANEL
  const aRowBytes = <usize>(turnedA ? rows : inner) << 2
  const outBytes = <usize>columns << 2
  for (let begin = 0; begin < inner; begin += longest) {
    const depth = min(longest, inner - begin)
    const panelBytes = <usize>depth * PANEL
    if (turnedA) {
      fetchRows(a + <usize>begin * aRowBytes, depth, aRowBytes, tile)
      if (!turnedB) fetchRows(b + <usize>begin * outBytes, depth, outBytes, tile)
    }
    if (turnedA || !goesOn) packRight(b, panels, begin, depth, inner, columns, turnedB)
    const more = begin > 0 || (turnedA && goesOn)
    let first = 0
    if (ASC_FEATURE_RELAXED_SIMD && !turnedA && isHeld(depth, columns)) {
      first = rows - rows % 6
      sixRowsByPanels(a, panels, out, tile, first, depth, columns)
    }
    for (let start = first; start < rows; start += ROWS_PER_BLOCK) {
      const end = min(rows, start + ROWS_PER_BLOCK)
      let left = a + <usize>start * aRowBytes
      let rowBytes = aRowBytes
      if (turnedA) {
        packLeft(
          a + <usize>begin * aRowBytes + (<usize>start << 2), groups, depth, aRowBytes, end - start,
        )
        left = groups
        rowBytes = <usize>depth << 2
      } else {
        fetchRows(left, end - start, aRowBytes, tile)
        fetchRows(out + <usize>start * outBytes, end - start, outBytes, tile)
      }
      for (let o = 0; o < columns; o += 8) {
        const panel = panels + <usize>(o >> 3) * panelBytes
        const whole = columns - o >= 8
        let height = 0
        for (let row = start; row < end; row += height) {
          height = nextHeight(end - row)
          const last = min(height, end - row) - 1
          const from = left + <usize>(row - start) * rowBytes
          const apart = turnedA ? 4 : rowBytes
          // In a group one column of the tile lies after the other, and groups follow each other.
          const step = turnedA ? <usize>height << 2 : 4
          const to = out + <usize>row * outBytes + (<usize>o << 2)
          if (whole) tileByEight(from, apart, last, step, depth, panel, to, outBytes, more, height)
          else {
            tileByEight(from, apart, last, step, depth, panel, tile, PANEL, false, height)
            for (let r = 0; r <= last; r++) {
              putFew(tile + <usize>r * PANEL, to + <usize>r * outBytes, columns - o, more)
            }
          }
        }
      }
    }
  }
}

/** The rows of a tile, `last` + 1 of them and the last one again for those that are missing. */
@inline
function tileByEight(
  a: usize, rowBytes: usize, last: i32, step: usize, depth: i32, panel: usize, out: usize,
  outBytes: usize, more: bool, height: i32,
): void {
  if (ASC_FEATURE_RELAXED_SIMD && height == 6) {
    sixByEight(a, rowBytes, last, step, depth, panel, out, outBytes, more)
    return
  }
  const row1 = <usize>min(1, last)
  const row2 = <usize>min(2, last)
  const row3 = <usize>min(3, last)
  fourByEight(
    a, a + row1 * rowBytes, a + row2 * rowBytes, a + row3 * rowBytes, step, 1, depth, 0, panel, out,
    out + row1 * outBytes, out + row2 * outBytes, out + row3 * outBytes, more,
  )
}

/** Before a few columns at a time are read or written of rows that follow each other. */
@inline
function fetchRows(from: usize, rows: i32, rowBytes: usize, sink: usize): void {
  if (rowBytes <= LONGEST_ROW) readAhead(from, <usize>rows * rowBytes, rowBytes, sink)
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

/** `count` columns of the turned left matrix, in groups of a tile's rows: [depth][rows]. */
function packLeft(a: usize, groups: usize, depth: i32, rowBytes: usize, count: i32): void {
  let height = 0
  for (let first = 0; first < count; first += height) {
    height = nextHeight(count - first)
    const width = min(height, count - first)
    const isSix = ASC_FEATURE_RELAXED_SIMD && height == 6
    const step = <usize>height << 2
    let from = a + (<usize>first << 2)
    if (width < height) {
      for (let k = 0; k < depth; k++) {
        for (let i = 0; i < width; i++) {
          store<f32>(groups + (<usize>i << 2), load<f32>(from + (<usize>i << 2)))
        }
        from += rowBytes
        groups += step
      }
    } else if (isSix) {
      for (let k = 0; k < depth; k++) {
        v128.store(groups, v128.load(from))
        store<u64>(groups, load<u64>(from, 16), 16)
        from += rowBytes
        groups += 24
      }
    } else {
      for (let k = 0; k < depth; k++) {
        v128.store(groups, v128.load(from))
        from += rowBytes
        groups += 16
      }
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
