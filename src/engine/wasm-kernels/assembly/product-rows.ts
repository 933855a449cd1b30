// Convolution and matrix product in one pass: a row of the output is a pixel or a sample, and its patch is read where it
// lies. Bias, a value that is added, and limits are done while the sums are in registers. Weights come packed, in panels of
// eight columns, [bias, then one row for each tap][8], and a last one of four where no more are left.

import { multiplyAdd } from './simd'

// A tile of eight columns has six rows or four, which gives the same bits. Six fill the registers, where multiply-add is one instruction and
// the compiler leaves loads where they stand; one that moves all loads of a loop to its front has registers for four.

/**
 * out[row, o] = limits(bias[o] + sum of patch[row] * panel[o] + rest[row, o]).
 * table: where each row's patch begins, in bytes behind x; a patch is `runs` stretches of `length` floats, `runBytes`
 * apart. rest: 0 or as out, which is [rows, columns]. Rows go in blocks that stay in the cache while all panels pass.
 * isTall: tiles of six rows.
 * `room` is one tile of eight columns and 64 bytes, of 64 floats together. low and high: what is below or above becomes these; NaN stays.
 */
export function productRows(
  x: usize, table: usize, panels: usize, rest: usize, out: usize, room: usize, rows: i32,
  rowsPerBlock: i32, runs: i32, length: i32, runBytes: usize, columns: i32, low: f32, high: f32,
  isTall: bool,
): void {
  // What lies in a register all the while is one sum less.
  const limits = room + 192
  v128.store(limits, f32x4.splat(low))
  v128.store(limits, f32x4.splat(high), 16)
  const noLimits = room + 224
  v128.store(noLimits, f32x4.splat(-Infinity))
  v128.store(noLimits, f32x4.splat(Infinity), 16)
  const taps = runs * length
  const outBytes = <usize>columns << 2
  // A tile leaves its addresses at the end of a stretch.
  const gap = runBytes - (<usize>length << 2)
  for (let start = 0; start < rows; start += rowsPerBlock) {
    const end = min(rows, start + rowsPerBlock)
    let panel = panels
    for (let o = 0; o < columns; o += 8) {
      const width = min(8, columns - o)
      const isWhole = width == 8 || width == 4
      const isSix = isTall || width <= 4
      const most = isSix ? 6 : 4
      for (let row = start; row < end; row += most) {
        const count = min(most, end - row)
        const at = <usize>row * outBytes + (<usize>o << 2)
        const addend = rest ? rest + at : 0
        tile(
          x, table + (<usize>row << 2), count, runs, length, gap, panel, isWhole ? addend : 0,
          isWhole ? out + at : room, isWhole ? outBytes : 32, width > 4,
          isWhole ? limits : noLimits, isSix,
        )
        if (!isWhole) putFew(room, addend, out + at, outBytes, count, width, low, high)
      }
      panel += <usize>(taps + 1) * (width > 4 ? 32 : 16)
    }
  }
}

/** Rows beyond the last read its patch again, and are not written. */
@inline
function tile(
  x: usize, table: usize, count: i32, runs: i32, length: i32, gap: usize, panel: usize, rest: usize,
  out: usize, outBytes: usize, isWide: bool, limits: usize,
  isSix: bool,
): void {
  const x0 = x + load<u32>(table)
  const x1 = x + load<u32>(table + (<usize>min(1, count - 1) << 2))
  const x2 = x + load<u32>(table + (<usize>min(2, count - 1) << 2))
  const x3 = x + load<u32>(table + (<usize>min(3, count - 1) << 2))
  if (isSix) {
    const x4 = x + load<u32>(table + (<usize>min(4, count - 1) << 2))
    const x5 = x + load<u32>(table + (<usize>min(5, count - 1) << 2))
    if (isWide) sixByEight(x0, x1, x2, x3, x4, x5, runs, length, gap, panel, rest, out, outBytes, count, limits)
    else sixByFour(x0, x1, x2, x3, x4, x5, runs, length, gap, panel, rest, out, outBytes, count, limits)
  } else fourByEight(x0, x1, x2, x3, runs, length, gap, panel, rest, out, outBytes, count, limits)
}

/** Of a NaN both leave what it was. */
@inline
function put(
  sum: v128, rest: usize, out: usize, offset: usize, low: v128, high: v128,
): void {
  if (rest) sum = f32x4.add(sum, v128.load(rest + offset))
  v128.store(out + offset, f32x4.pmin(f32x4.pmax(sum, low), high))
}

/** The first columns of a tile of sums. */
function putFew(
  from: usize, rest: usize, out: usize, outBytes: usize, rows: i32, columns: i32, low: f32, high: f32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < columns; o++) {
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

/** As many sums as registers hold beside what they are made of; four taps at once, so that addresses move less often. */
function sixByEight(
  x0: usize, x1: usize, x2: usize, x3: usize, x4: usize, x5: usize,
  runs: i32, length: i32, runBytes: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, rows: i32, limits: usize,
): void {
  let sum00 = v128.load(panel)
  let sum01 = v128.load(panel, 16)
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
  panel += 32
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < length; k++) {
      let w0 = v128.load(panel)
      let w1 = v128.load(panel, 16)
      let value = v128.load32_splat(x0)
      sum00 = multiplyAdd(value, w0, sum00)
      sum01 = multiplyAdd(value, w1, sum01)
      value = v128.load32_splat(x1)
      sum10 = multiplyAdd(value, w0, sum10)
      sum11 = multiplyAdd(value, w1, sum11)
      value = v128.load32_splat(x2)
      sum20 = multiplyAdd(value, w0, sum20)
      sum21 = multiplyAdd(value, w1, sum21)
      value = v128.load32_splat(x3)
      sum30 = multiplyAdd(value, w0, sum30)
      sum31 = multiplyAdd(value, w1, sum31)
      value = v128.load32_splat(x4)
      sum40 = multiplyAdd(value, w0, sum40)
      sum41 = multiplyAdd(value, w1, sum41)
      value = v128.load32_splat(x5)
      sum50 = multiplyAdd(value, w0, sum50)
      sum51 = multiplyAdd(value, w1, sum51)
      x0 += 4
      x1 += 4
      x2 += 4
      x3 += 4
      x4 += 4
      x5 += 4
      panel += 32
    }
    x0 += runBytes
    x1 += runBytes
    x2 += runBytes
    x3 += runBytes
    x4 += runBytes
    x5 += runBytes
  }
  const low = v128.load(limits)
  const high = v128.load(limits, 16)
  put(sum00, rest, out, 0, low, high)
  put(sum01, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 1) return
  put(sum10, rest, out, 0, low, high)
  put(sum11, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 2) return
  put(sum20, rest, out, 0, low, high)
  put(sum21, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 3) return
  put(sum30, rest, out, 0, low, high)
  put(sum31, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 4) return
  put(sum40, rest, out, 0, low, high)
  put(sum41, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 5) return
  put(sum50, rest, out, 0, low, high)
  put(sum51, rest, out, 16, low, high)
}

/** For a last panel of four: fewer rows would wait for their own sums. */
function sixByFour(
  x0: usize, x1: usize, x2: usize, x3: usize, x4: usize, x5: usize,
  runs: i32, length: i32, runBytes: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, rows: i32, limits: usize,
): void {
  let sum00 = v128.load(panel)
  let sum10 = sum00
  let sum20 = sum00
  let sum30 = sum00
  let sum40 = sum00
  let sum50 = sum00
  panel += 16
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < length; k++) {
      let w0 = v128.load(panel)
      let value = v128.load32_splat(x0)
      sum00 = multiplyAdd(value, w0, sum00)
      value = v128.load32_splat(x1)
      sum10 = multiplyAdd(value, w0, sum10)
      value = v128.load32_splat(x2)
      sum20 = multiplyAdd(value, w0, sum20)
      value = v128.load32_splat(x3)
      sum30 = multiplyAdd(value, w0, sum30)
      value = v128.load32_splat(x4)
      sum40 = multiplyAdd(value, w0, sum40)
      value = v128.load32_splat(x5)
      sum50 = multiplyAdd(value, w0, sum50)
      x0 += 4
      x1 += 4
      x2 += 4
      x3 += 4
      x4 += 4
      x5 += 4
      panel += 16
    }
    x0 += runBytes
    x1 += runBytes
    x2 += runBytes
    x3 += runBytes
    x4 += runBytes
    x5 += runBytes
  }
  const low = v128.load(limits)
  const high = v128.load(limits, 16)
  put(sum00, rest, out, 0, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 1) return
  put(sum10, rest, out, 0, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 2) return
  put(sum20, rest, out, 0, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 3) return
  put(sum30, rest, out, 0, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 4) return
  put(sum40, rest, out, 0, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 5) return
  put(sum50, rest, out, 0, low, high)
}

/** Four rows. */
function fourByEight(
  x0: usize, x1: usize, x2: usize, x3: usize,
  runs: i32, length: i32, runBytes: usize, panel: usize, rest: usize, out: usize,
  outBytes: usize, rows: i32, limits: usize,
): void {
  let sum00 = v128.load(panel)
  let sum01 = v128.load(panel, 16)
  let sum10 = sum00
  let sum11 = sum01
  let sum20 = sum00
  let sum21 = sum01
  let sum30 = sum00
  let sum31 = sum01
  panel += 32
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < length; k++) {
      let w0 = v128.load(panel)
      let w1 = v128.load(panel, 16)
      let value = v128.load32_splat(x0)
      sum00 = multiplyAdd(value, w0, sum00)
      sum01 = multiplyAdd(value, w1, sum01)
      value = v128.load32_splat(x1)
      sum10 = multiplyAdd(value, w0, sum10)
      sum11 = multiplyAdd(value, w1, sum11)
      value = v128.load32_splat(x2)
      sum20 = multiplyAdd(value, w0, sum20)
      sum21 = multiplyAdd(value, w1, sum21)
      value = v128.load32_splat(x3)
      sum30 = multiplyAdd(value, w0, sum30)
      sum31 = multiplyAdd(value, w1, sum31)
      x0 += 4
      x1 += 4
      x2 += 4
      x3 += 4
      panel += 32
    }
    x0 += runBytes
    x1 += runBytes
    x2 += runBytes
    x3 += runBytes
  }
  const low = v128.load(limits)
  const high = v128.load(limits, 16)
  put(sum00, rest, out, 0, low, high)
  put(sum01, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 1) return
  put(sum10, rest, out, 0, low, high)
  put(sum11, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 2) return
  put(sum20, rest, out, 0, low, high)
  put(sum21, rest, out, 16, low, high)
  out += outBytes
  if (rest) rest += outBytes
  if (rows == 3) return
  put(sum30, rest, out, 0, low, high)
  put(sum31, rest, out, 16, low, high)
}
