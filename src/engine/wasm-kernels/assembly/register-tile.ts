// The inner loop of every product: a tile of 4 x 8 sums that stays in registers.

import { multiplyAdd, splatAt } from './simd'

/** Bytes of eight columns. */
export const PANEL: usize = 32

/**
 * Four rows times a panel of eight columns. A row is `runs` stretches of `length` floats that lie `step`
 * bytes apart; the stretches lie `runBytes` apart. The panel is [runs * length][8]. Where `more`, the sums go on from what the
 * four outputs hold.
 */
@inline
export function fourByEight(
  a0: usize, a1: usize, a2: usize, a3: usize, step: usize, runs: i32, length: i32, runBytes: usize,
  panel: usize, out0: usize, out1: usize, out2: usize, out3: usize, more: bool,
): void {
  let sum00 = f32x4.splat(0)
  let sum01 = sum00
  let sum10 = sum00
  let sum11 = sum00
  let sum20 = sum00
  let sum21 = sum00
  let sum30 = sum00
  let sum31 = sum00
  if (more) {
    sum00 = v128.load(out0)
    sum01 = v128.load(out0, 16)
    sum10 = v128.load(out1)
    sum11 = v128.load(out1, 16)
    sum20 = v128.load(out2)
    sum21 = v128.load(out2, 16)
    sum30 = v128.load(out3)
    sum31 = v128.load(out3, 16)
  }
  for (let run = 0; run < runs; run++) {
    const start = <usize>run * runBytes
    let x0 = a0 + start
    let x1 = a1 + start
    let x2 = a2 + start
    let x3 = a3 + start
    for (let k = 0; k < length; k++) {
      const w0 = v128.load(panel)
      const w1 = v128.load(panel, 16)
      let value = splatAt(x0)
      sum00 = multiplyAdd(value, w0, sum00)
      sum01 = multiplyAdd(value, w1, sum01)
      value = splatAt(x1)
      sum10 = multiplyAdd(value, w0, sum10)
      sum11 = multiplyAdd(value, w1, sum11)
      value = splatAt(x2)
      sum20 = multiplyAdd(value, w0, sum20)
      sum21 = multiplyAdd(value, w1, sum21)
      value = splatAt(x3)
      sum30 = multiplyAdd(value, w0, sum30)
      sum31 = multiplyAdd(value, w1, sum31)
      x0 += step
      x1 += step
      x2 += step
      x3 += step
      panel += PANEL
    }
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

/**
 * Six rows times a panel of eight columns: more sums for each panel that is loaded, in all the registers there are
 * where multiplying and adding need none in between. The rows lie `rowBytes` apart; those after row `last`
 * repeat it. Each has `depth` floats that lie `step` bytes apart.
 */
export function sixByEight(
  a: usize, rowBytes: usize, last: i32, step: usize, depth: i32, panel: usize, out: usize,
  outBytes: usize, more: bool,
): void {
  const row1 = <usize>min(1, last)
  const row2 = <usize>min(2, last)
  const row3 = <usize>min(3, last)
  const row4 = <usize>min(4, last)
  const row5 = <usize>min(5, last)
  let x0 = a
  let x1 = a + row1 * rowBytes
  let x2 = a + row2 * rowBytes
  let x3 = a + row3 * rowBytes
  let x4 = a + row4 * rowBytes
  let x5 = a + row5 * rowBytes
  let sum00 = f32x4.splat(0)
  let sum01 = sum00
  let sum10 = f32x4.splat(0)
  let sum11 = sum10
  let sum20 = f32x4.splat(0)
  let sum21 = sum20
  let sum30 = f32x4.splat(0)
  let sum31 = sum30
  let sum40 = f32x4.splat(0)
  let sum41 = sum40
  let sum50 = f32x4.splat(0)
  let sum51 = sum50
  if (more) {
    sum00 = v128.load(out)
    sum01 = v128.load(out, 16)
    sum10 = v128.load(out + row1 * outBytes)
    sum11 = v128.load(out + row1 * outBytes, 16)
    sum20 = v128.load(out + row2 * outBytes)
    sum21 = v128.load(out + row2 * outBytes, 16)
    sum30 = v128.load(out + row3 * outBytes)
    sum31 = v128.load(out + row3 * outBytes, 16)
    sum40 = v128.load(out + row4 * outBytes)
    sum41 = v128.load(out + row4 * outBytes, 16)
    sum50 = v128.load(out + row5 * outBytes)
    sum51 = v128.load(out + row5 * outBytes, 16)
  }
  for (let k = 0; k < depth; k++) {
    const w0 = v128.load(panel)
    const w1 = v128.load(panel, 16)
    let value = splatAt(x0)
    sum00 = multiplyAdd(value, w0, sum00)
    sum01 = multiplyAdd(value, w1, sum01)
    value = splatAt(x1)
    sum10 = multiplyAdd(value, w0, sum10)
    sum11 = multiplyAdd(value, w1, sum11)
    value = splatAt(x2)
    sum20 = multiplyAdd(value, w0, sum20)
    sum21 = multiplyAdd(value, w1, sum21)
    value = splatAt(x3)
    sum30 = multiplyAdd(value, w0, sum30)
    sum31 = multiplyAdd(value, w1, sum31)
    value = splatAt(x4)
    sum40 = multiplyAdd(value, w0, sum40)
    sum41 = multiplyAdd(value, w1, sum41)
    value = splatAt(x5)
    sum50 = multiplyAdd(value, w0, sum50)
    sum51 = multiplyAdd(value, w1, sum51)
    x0 += step
    x1 += step
    x2 += step
    x3 += step
    x4 += step
    x5 += step
    panel += PANEL
  }
  v128.store(out, sum00)
  v128.store(out, sum01, 16)
  v128.store(out + row1 * outBytes, sum10)
  v128.store(out + row1 * outBytes, sum11, 16)
  v128.store(out + row2 * outBytes, sum20)
  v128.store(out + row2 * outBytes, sum21, 16)
  v128.store(out + row3 * outBytes, sum30)
  v128.store(out + row3 * outBytes, sum31, 16)
  v128.store(out + row4 * outBytes, sum40)
  v128.store(out + row4 * outBytes, sum41, 16)
  v128.store(out + row5 * outBytes, sum50)
  v128.store(out + row5 * outBytes, sum51, 16)
}
