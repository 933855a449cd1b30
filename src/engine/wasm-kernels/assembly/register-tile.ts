// The inner loop of every product: a tile of 4 x 8 sums that stays in registers.

import { multiplyAdd, splatAt } from './simd'

/** Bytes of eight columns. */
export const PANEL: usize = 32

/**
 * Four rows times a panel of eight columns. A row is `runs` stretches of `length` floats that lie `step`
 * bytes apart; the stretches lie `runBytes` apart. The panel is [runs * length][8]. Where `more`, the sums go on from what the
 * four outputs hold.
 */
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
