// dFilter[i, r, o] += sum over pixels of patch[i, r] * dy[pixel, o], with r = (column, channel) as in
// conv-forward.ts. The pixels are innermost, so a tile of the gradient stays in registers.

import { multiplyAdd, splatAt } from './simd'

/**
 * x is already padded: [batch, height, width, inChannels]. dy is [batch, outHeight, outWidth,
 * outStride] and dFilter [filterHeight, filterWidth * inChannels, outStride], zeroed by the caller;
 * outStride is a multiple of 4. Output rows are taken `rowsPerBlock` at a time, so that the part of
 * dy in use stays in the cache while all of r passes over it.
 */
export function convFilterGradient(
  x: usize, dy: usize, dFilter: usize, batch: i32, height: i32, width: i32, inChannels: i32,
  outHeight: i32, outWidth: i32, outStride: i32, filterHeight: i32, filterWidth: i32,
  strideY: i32, strideX: i32, rowsPerBlock: i32,
): void {
  const patchRow = filterWidth * inChannels
  const rowStep = <usize>(width * inChannels) << 2
  const pixelStep = <usize>(strideX * inChannels) << 2
  const outRowStep = <usize>strideY * rowStep
  const outBytes = <usize>outStride << 2
  for (let n = 0; n < batch; n++) {
    for (let first = 0; first < outHeight; first += rowsPerBlock) {
      const rows = min(rowsPerBlock, outHeight - first)
      const dyBlock = dy + <usize>(first * outWidth) * outBytes
      for (let i = 0; i < filterHeight; i++) {
        let patch = x + <usize>(first * strideY + i) * rowStep
        let target = dFilter + <usize>(i * patchRow) * outBytes
        let r = 0
        for (; r + 4 <= patchRow; r += 4) {
          fourFilterRows(patch, dyBlock, target, rows, outWidth, outRowStep, pixelStep, outBytes)
          patch += 16
          target += 4 * outBytes
        }
        for (; r < patchRow; r++) {
          oneFilterRow(patch, dyBlock, target, rows, outWidth, outRowStep, pixelStep, outBytes)
          patch += 4
          target += outBytes
        }
      }
    }
    x += <usize>height * rowStep
    dy += <usize>(outHeight * outWidth) * outBytes
  }
}

/** Four neighbouring r times all output channels, in register tiles of 4 x 8. */
function fourFilterRows(
  patch: usize, dy: usize, target: usize, rows: i32, columns: i32,
  rowStep: usize, pixelStep: usize, outBytes: usize,
): void {
  let o: usize = 0
  for (; o + 32 <= outBytes; o += 32) {
    const target0 = target + o
    const target1 = target0 + outBytes
    const target2 = target1 + outBytes
    const target3 = target2 + outBytes
    let sum00 = v128.load(target0)
    let sum01 = v128.load(target0, 16)
    let sum10 = v128.load(target1)
    let sum11 = v128.load(target1, 16)
    let sum20 = v128.load(target2)
    let sum21 = v128.load(target2, 16)
    let sum30 = v128.load(target3)
    let sum31 = v128.load(target3, 16)
    let d = dy + o
    for (let y = 0; y < rows; y++) {
      let a = patch + <usize>y * rowStep
      for (let k = 0; k < columns; k++) {
        const d0 = v128.load(d)
        const d1 = v128.load(d, 16)
        let value = v128.load32_splat(a)
        sum00 = multiplyAdd(value, d0, sum00)
        sum01 = multiplyAdd(value, d1, sum01)
        value = v128.load32_splat(a, 4)
        sum10 = multiplyAdd(value, d0, sum10)
        sum11 = multiplyAdd(value, d1, sum11)
        value = v128.load32_splat(a, 8)
        sum20 = multiplyAdd(value, d0, sum20)
        sum21 = multiplyAdd(value, d1, sum21)
        value = v128.load32_splat(a, 12)
        sum30 = multiplyAdd(value, d0, sum30)
        sum31 = multiplyAdd(value, d1, sum31)
        a += pixelStep
        d += outBytes
      }
    }
    v128.store(target0, sum00)
    v128.store(target0, sum01, 16)
    v128.store(target1, sum10)
    v128.store(target1, sum11, 16)
    v128.store(target2, sum20)
    v128.store(target2, sum21, 16)
    v128.store(target3, sum30)
    v128.store(target3, sum31, 16)
  }
  for (; o < outBytes; o += 16) {
    const target0 = target + o
    const target1 = target0 + outBytes
    const target2 = target1 + outBytes
    const target3 = target2 + outBytes
    let sum0 = v128.load(target0)
    let sum1 = v128.load(target1)
    let sum2 = v128.load(target2)
    let sum3 = v128.load(target3)
    let d = dy + o
    for (let y = 0; y < rows; y++) {
      let a = patch + <usize>y * rowStep
      for (let k = 0; k < columns; k++) {
        const d0 = v128.load(d)
        sum0 = multiplyAdd(v128.load32_splat(a), d0, sum0)
        sum1 = multiplyAdd(v128.load32_splat(a, 4), d0, sum1)
        sum2 = multiplyAdd(v128.load32_splat(a, 8), d0, sum2)
        sum3 = multiplyAdd(v128.load32_splat(a, 12), d0, sum3)
        a += pixelStep
        d += outBytes
      }
    }
    v128.store(target0, sum0)
    v128.store(target1, sum1)
    v128.store(target2, sum2)
    v128.store(target3, sum3)
  }
}

/** One r times all output channels: what is left when r is not a multiple of 4. */
function oneFilterRow(
  patch: usize, dy: usize, target: usize, rows: i32, columns: i32,
  rowStep: usize, pixelStep: usize, outBytes: usize,
): void {
  let o: usize = 0
  for (; o + 64 <= outBytes; o += 64) {
    let sum0 = v128.load(target + o)
    let sum1 = v128.load(target + o, 16)
    let sum2 = v128.load(target + o, 32)
    let sum3 = v128.load(target + o, 48)
    let d = dy + o
    for (let y = 0; y < rows; y++) {
      let a = patch + <usize>y * rowStep
      for (let k = 0; k < columns; k++) {
        const value = splatAt(a)
        sum0 = multiplyAdd(value, v128.load(d), sum0)
        sum1 = multiplyAdd(value, v128.load(d, 16), sum1)
        sum2 = multiplyAdd(value, v128.load(d, 32), sum2)
        sum3 = multiplyAdd(value, v128.load(d, 48), sum3)
        a += pixelStep
        d += outBytes
      }
    }
    v128.store(target + o, sum0)
    v128.store(target + o, sum1, 16)
    v128.store(target + o, sum2, 32)
    v128.store(target + o, sum3, 48)
  }
  for (; o < outBytes; o += 16) {
    let sum = v128.load(target + o)
    let d = dy + o
    for (let y = 0; y < rows; y++) {
      let a = patch + <usize>y * rowStep
      for (let k = 0; k < columns; k++) {
        sum = multiplyAdd(splatAt(a), v128.load(d), sum)
        a += pixelStep
        d += outBytes
      }
    }
    v128.store(target + o, sum)
  }
}
