// Convolution and matrix product: out[pixel, o] = sum over (i, r) of patch[i, r] * filter[i, r, o].
//
// In [batch, height, width, channels] order one filter row of a patch is `filterWidth * inChannels`
// neighbouring floats, so r runs over (column, channel) at once and nothing is copied out (no
// im2col). A matrix product [M, K] x [K, N] is the case of M pixels, a 1x1 filter and K channels.

import { multiplyAdd, splatAt } from './simd'

/**
 * x is already padded: [batch, height, width, inChannels]. filter is [filterHeight,
 * filterWidth * inChannels, outStride], out is [batch, outHeight, outWidth, outStride]; outStride is
 * the number of output channels rounded up to a multiple of 4.
 */
export function convForward(
  x: usize, filter: usize, out: usize, batch: i32, height: i32, width: i32, inChannels: i32,
  outHeight: i32, outWidth: i32, outStride: i32, filterHeight: i32, filterWidth: i32,
  strideY: i32, strideX: i32,
): void {
  const patchRow = filterWidth * inChannels
  const rowStep = <usize>(width * inChannels) << 2
  const imageStep = <usize>height * rowStep
  const pixelStep = <usize>(strideX * inChannels) << 2
  const outBytes = <usize>outStride << 2
  const pixels = outHeight * outWidth
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < pixels; p += 4) {
      // The last group may be short: it computes its final pixel again instead of branching.
      const p1 = min(p + 1, pixels - 1)
      const p2 = min(p + 2, pixels - 1)
      const p3 = min(p + 3, pixels - 1)
      fourPixels(
        x + <usize>((p / outWidth) * strideY) * rowStep + <usize>(p % outWidth) * pixelStep,
        x + <usize>((p1 / outWidth) * strideY) * rowStep + <usize>(p1 % outWidth) * pixelStep,
        x + <usize>((p2 / outWidth) * strideY) * rowStep + <usize>(p2 % outWidth) * pixelStep,
        x + <usize>((p3 / outWidth) * strideY) * rowStep + <usize>(p3 % outWidth) * pixelStep,
        out + <usize>p * outBytes, out + <usize>p1 * outBytes,
        out + <usize>p2 * outBytes, out + <usize>p3 * outBytes,
        filter, filterHeight, patchRow, rowStep, outBytes,
      )
    }
    x += imageStep
    out += <usize>pixels * outBytes
  }
}

/** Four pixels times all output channels, in register tiles of 4 x 8. */
function fourPixels(
  x0: usize, x1: usize, x2: usize, x3: usize, out0: usize, out1: usize, out2: usize, out3: usize,
  filter: usize, filterHeight: i32, patchRow: i32, rowStep: usize, outBytes: usize,
): void {
  let o: usize = 0
  for (; o + 32 <= outBytes; o += 32) {
    let sum00 = f32x4.splat(0)
    let sum01 = sum00
    let sum10 = sum00
    let sum11 = sum00
    let sum20 = sum00
    let sum21 = sum00
    let sum30 = sum00
    let sum31 = sum00
    let weights = filter + o
    for (let i = 0; i < filterHeight; i++) {
      let a0 = x0 + <usize>i * rowStep
      let a1 = x1 + <usize>i * rowStep
      let a2 = x2 + <usize>i * rowStep
      let a3 = x3 + <usize>i * rowStep
      for (let r = 0; r < patchRow; r++) {
        const w0 = v128.load(weights)
        const w1 = v128.load(weights, 16)
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
        a0 += 4
        a1 += 4
        a2 += 4
        a3 += 4
        weights += outBytes
      }
    }
    v128.store(out0 + o, sum00)
    v128.store(out0 + o, sum01, 16)
    v128.store(out1 + o, sum10)
    v128.store(out1 + o, sum11, 16)
    v128.store(out2 + o, sum20)
    v128.store(out2 + o, sum21, 16)
    v128.store(out3 + o, sum30)
    v128.store(out3 + o, sum31, 16)
  }
  for (; o < outBytes; o += 16) {
    let sum0 = f32x4.splat(0)
    let sum1 = sum0
    let sum2 = sum0
    let sum3 = sum0
    let weights = filter + o
    for (let i = 0; i < filterHeight; i++) {
      let a0 = x0 + <usize>i * rowStep
      let a1 = x1 + <usize>i * rowStep
      let a2 = x2 + <usize>i * rowStep
      let a3 = x3 + <usize>i * rowStep
      for (let r = 0; r < patchRow; r++) {
        const w = v128.load(weights)
        sum0 = multiplyAdd(splatAt(a0), w, sum0)
        sum1 = multiplyAdd(splatAt(a1), w, sum1)
        sum2 = multiplyAdd(splatAt(a2), w, sum2)
        sum3 = multiplyAdd(splatAt(a3), w, sum3)
        a0 += 4
        a1 += 4
        a2 += 4
        a3 += 4
        weights += outBytes
      }
    }
    v128.store(out0 + o, sum0)
    v128.store(out1 + o, sum1)
    v128.store(out2 + o, sum2)
    v128.store(out3 + o, sum3)
  }
}
