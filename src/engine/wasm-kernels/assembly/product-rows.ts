// Convolution and matrix product in one pass: a row of the output is a pixel or a sample, and its patch is read where it
// lies. Bias, a value that is added, and limits are done while the sums are in registers. Weights come packed, in panels of
// eight columns, [bias, then one row for each tap][8], and a last one of four where no more are left.

import { multiplyAdd } from './simd'

// A tile of eight columns has six rows or four, which gives the same bits. Six fill the registers, where multiply-add is one
// instruction and the compiler leaves loads where they stand; one that moves all loads of a loop to its front has registers
// for four.

/** Where `room` holds what. */
const TILE_BYTES: usize = 192
const NO_LIMITS: usize = TILE_BYTES + 32
const ADDRESSES: usize = NO_LIMITS + 32

/**
 * out[row, o] = limits(bias[o] + sum of patch[row] * panel[o] + rest[row, o]).
 * table: where each row's patch begins, in bytes behind x; a patch is `runs` stretches of `length` floats. gaps: bytes from
 * the end of each stretch to the next. rest: 0 or as out, whose rows of `columns` floats are `outBytes` apart. Rows go in
 * blocks that stay in the cache while all panels pass. isTall: tiles of six rows. `room` is a tile of eight columns, limits
 * twice and the addresses of its rows, of 80 floats together. low and high: what is below or above becomes these; NaN stays.
 */
export function productRows(
  x: usize, table: usize, gaps: usize, panels: usize, rest: usize, out: usize, room: usize, rows: i32,
  rowsPerBlock: i32, runs: i32, length: i32, columns: i32, outBytes: usize, low: f32, high: f32,
  isTall: bool,
): void {
  // What lies in a register all the while is one sum less.
  const limits = room + TILE_BYTES
  v128.store(limits, f32x4.splat(low))
  v128.store(limits, f32x4.splat(high), 16)
  const noLimits = room + NO_LIMITS
  v128.store(noLimits, f32x4.splat(-Infinity))
  v128.store(noLimits, f32x4.splat(Infinity), 16)
  const taps = runs * length
  for (let start = 0; start < rows; start += rowsPerBlock) {
    const end = min(rows, start + rowsPerBlock)
    let panel = panels
    for (let o = 0; o < columns; o += 8) {
      const width = min(8, columns - o)
      const isWide = width > 4
      const isSix = isTall || !isWide
      const most = isSix ? 6 : 4
      const isWhole = width == 8 || width == 4
      let row = start
      if (isWhole) {
        const tiles = (end - start) / most
        const at = <usize>row * outBytes + (<usize>o << 2)
        tilesOf(
          x, table + (<usize>row << 2), tiles, runs, length, gaps, panel, rest ? rest + at : 0, out + at, outBytes,
          limits, isSix, isWide,
        )
        row += tiles * most
      }
      for (; row < end; row += most) {
        const count = min(most, end - row)
        // Rows beyond the last read its patch again, and are not written.
        for (let k = 0; k < most; k++)
          store<u32>(room + ADDRESSES + (<usize>k << 2), load<u32>(table + (<usize>(row + min(k, count - 1)) << 2)))
        tilesOf(x, room + ADDRESSES, 1, runs, length, gaps, panel, 0, room, 32, noLimits, isSix, isWide)
        const at = <usize>row * outBytes + (<usize>o << 2)
        putFew(room, rest ? rest + at : 0, out + at, outBytes, count, width, low, high)
      }
      panel += <usize>(taps + 1) * (isWide ? 32 : 16)
    }
  }
}

@inline
function tilesOf(
  x: usize, table: usize, tiles: i32, runs: i32, length: i32, gaps: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, limits: usize, isSix: bool, isWide: bool,
): void {
  if (!isSix) fourByEight(x, table, tiles, runs, length, gaps, panel, rest, out, outBytes, limits)
  else if (isWide) sixByEight(x, table, tiles, runs, length, gaps, panel, rest, out, outBytes, limits)
  else sixByFour(x, table, tiles, runs, length, gaps, panel, rest, out, outBytes, limits)
}

/** Of a NaN both leave what it was. */
@inline
function limited(sum: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(sum, low), high)
}

/** The first rows and columns of a tile of sums. */
function putFew(
  from: usize, rest: usize, out: usize, outBytes: usize, rows: i32, columns: i32, low: f32, high: f32,
): void {
  for (let row = 0; row < rows; row++) {
    let o = 0
    for (; o + 4 <= columns; o += 4) {
      const at = <usize>o << 2
      let sum = v128.load(from + at)
      if (rest) sum = f32x4.add(sum, v128.load(rest + at))
      v128.store(out + at, limited(sum, f32x4.splat(low), f32x4.splat(high)))
    }
    for (; o < columns; o++) {
      const at = <usize>o << 2
      let sum = load<f32>(from + at)
      if (rest) sum += load<f32>(rest + at)
      if (sum < low) sum = low
      if (sum > high) sum = high
      store<f32>(out + at, sum)
    }
    from += 32
    out += outBytes
    if (rest) rest += outBytes
  }
}

/** As many sums as registers hold beside what they are made of. */
function sixByEight(
  x: usize, table: usize, tiles: i32, runs: i32, length: i32, gaps: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, limits: usize,
): void {
  tilesWith(x, table, tiles, runs, length, gaps, panel, rest, out, outBytes, limits, true, true)
}

/** For a last panel of four: fewer rows would wait for their own sums. */
function sixByFour(
  x: usize, table: usize, tiles: i32, runs: i32, length: i32, gaps: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, limits: usize,
): void {
  tilesWith(x, table, tiles, runs, length, gaps, panel, rest, out, outBytes, limits, true, false)
}

function fourByEight(
  x: usize, table: usize, tiles: i32, runs: i32, length: i32, gaps: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, limits: usize,
): void {
  tilesWith(x, table, tiles, runs, length, gaps, panel, rest, out, outBytes, limits, false, true)
}

/**
 * Tiles below each other. What they are called with says which of this is left. Two taps for each turn of the loop, which
 * costs instructions as well; the way out between them keeps compilers from moving the loads of the second before the first.
 */
@inline
function tilesWith(
  x: usize, table: usize, tiles: i32, runs: i32, length: i32, gaps: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, limits: usize, isSix: bool, isWide: bool,
): void {
  for (let tile = 0; tile < tiles; tile++) {
    let x0 = x + load<u32>(table)
    let x1 = x + load<u32>(table, 4)
    let x2 = x + load<u32>(table, 8)
    let x3 = x + load<u32>(table, 12)
    let x4 = isSix ? x + load<u32>(table, 16) : 0
    let x5 = isSix ? x + load<u32>(table, 20) : 0
    let sum00 = v128.load(panel)
    let sum01 = isWide ? v128.load(panel, 16) : sum00
    let sum10 = sum00
    let sum11 = sum01
    let sum20 = sum00
    let sum21 = sum01
    let sum30 = sum00
    let sum31 = sum01
    let sum40 = sum00
    let sum41 = sum01
    let sum50 = sum00
    let sum51 = sum01
    let taps = panel + (isWide ? 32 : 16)
    let ahead = gaps
    for (let run = 0; run < runs; run++) {
      for (let left = length; left > 0; left -= 2) {
        let w0 = v128.load(taps)
        let w1 = isWide ? v128.load(taps, 16) : w0
        let value = v128.load32_splat(x0)
        sum00 = multiplyAdd(value, w0, sum00)
        if (isWide) sum01 = multiplyAdd(value, w1, sum01)
        value = v128.load32_splat(x1)
        sum10 = multiplyAdd(value, w0, sum10)
        if (isWide) sum11 = multiplyAdd(value, w1, sum11)
        value = v128.load32_splat(x2)
        sum20 = multiplyAdd(value, w0, sum20)
        if (isWide) sum21 = multiplyAdd(value, w1, sum21)
        value = v128.load32_splat(x3)
        sum30 = multiplyAdd(value, w0, sum30)
        if (isWide) sum31 = multiplyAdd(value, w1, sum31)
        if (isSix) {
          value = v128.load32_splat(x4)
          sum40 = multiplyAdd(value, w0, sum40)
          if (isWide) sum41 = multiplyAdd(value, w1, sum41)
          value = v128.load32_splat(x5)
          sum50 = multiplyAdd(value, w0, sum50)
          if (isWide) sum51 = multiplyAdd(value, w1, sum51)
        }
        if (left == 1) {
          x0 += 4
          x1 += 4
          x2 += 4
          x3 += 4
          if (isSix) {
            x4 += 4
            x5 += 4
          }
          taps += isWide ? 32 : 16
          break
        }
        w0 = v128.load(taps + (isWide ? 32 : 16))
        w1 = isWide ? v128.load(taps, 48) : w0
        value = v128.load32_splat(x0, 4)
        sum00 = multiplyAdd(value, w0, sum00)
        if (isWide) sum01 = multiplyAdd(value, w1, sum01)
        value = v128.load32_splat(x1, 4)
        sum10 = multiplyAdd(value, w0, sum10)
        if (isWide) sum11 = multiplyAdd(value, w1, sum11)
        value = v128.load32_splat(x2, 4)
        sum20 = multiplyAdd(value, w0, sum20)
        if (isWide) sum21 = multiplyAdd(value, w1, sum21)
        value = v128.load32_splat(x3, 4)
        sum30 = multiplyAdd(value, w0, sum30)
        if (isWide) sum31 = multiplyAdd(value, w1, sum31)
        if (isSix) {
          value = v128.load32_splat(x4, 4)
          sum40 = multiplyAdd(value, w0, sum40)
          if (isWide) sum41 = multiplyAdd(value, w1, sum41)
          value = v128.load32_splat(x5, 4)
          sum50 = multiplyAdd(value, w0, sum50)
          if (isWide) sum51 = multiplyAdd(value, w1, sum51)
        }
        x0 += 8
        x1 += 8
        x2 += 8
        x3 += 8
        if (isSix) {
          x4 += 8
          x5 += 8
        }
        taps += isWide ? 64 : 32
      }
      const gap = load<u32>(ahead)
      ahead += 4
      x0 += gap
      x1 += gap
      x2 += gap
      x3 += gap
      if (isSix) {
        x4 += gap
        x5 += gap
      }
    }
    table += isSix ? 24 : 16
    if (rest) {
      sum00 = f32x4.add(sum00, v128.load(rest))
      if (isWide) sum01 = f32x4.add(sum01, v128.load(rest, 16))
      rest += outBytes
      sum10 = f32x4.add(sum10, v128.load(rest))
      if (isWide) sum11 = f32x4.add(sum11, v128.load(rest, 16))
      rest += outBytes
      sum20 = f32x4.add(sum20, v128.load(rest))
      if (isWide) sum21 = f32x4.add(sum21, v128.load(rest, 16))
      rest += outBytes
      sum30 = f32x4.add(sum30, v128.load(rest))
      if (isWide) sum31 = f32x4.add(sum31, v128.load(rest, 16))
      rest += outBytes
      if (isSix) {
        sum40 = f32x4.add(sum40, v128.load(rest))
        if (isWide) sum41 = f32x4.add(sum41, v128.load(rest, 16))
        rest += outBytes
        sum50 = f32x4.add(sum50, v128.load(rest))
        if (isWide) sum51 = f32x4.add(sum51, v128.load(rest, 16))
        rest += outBytes
      }
    }
    const low = v128.load(limits)
    const high = v128.load(limits, 16)
    v128.store(out, limited(sum00, low, high))
    if (isWide) v128.store(out, limited(sum01, low, high), 16)
    out += outBytes
    v128.store(out, limited(sum10, low, high))
    if (isWide) v128.store(out, limited(sum11, low, high), 16)
    out += outBytes
    v128.store(out, limited(sum20, low, high))
    if (isWide) v128.store(out, limited(sum21, low, high), 16)
    out += outBytes
    v128.store(out, limited(sum30, low, high))
    if (isWide) v128.store(out, limited(sum31, low, high), 16)
    out += outBytes
    if (isSix) {
      v128.store(out, limited(sum40, low, high))
      if (isWide) v128.store(out, limited(sum41, low, high), 16)
      out += outBytes
      v128.store(out, limited(sum50, low, high))
      if (isWide) v128.store(out, limited(sum51, low, high), 16)
      out += outBytes
    }
  }
}
