// Convolution: out[pixel, o] = sum over (i, r) of patch[i, r] * filter[i, r, o].
//
// In [batch, height, width, channels] order one filter row of a patch is `filterWidth * inChannels`
// neighbouring floats, so r runs over (column, channel) at once and nothing is copied out (no
// im2col). The filter is first packed into panels of eight channels, [i, r][8]; all pixels of an image
// pass by a panel while both are in the cache.

import { PANEL, fourByEight } from './register-tile'
import { multiplyAdd, splatAt } from './simd'

/**
 * x is already padded: [batch, height, width, inChannels]. filter is [filterHeight,
 * filterWidth * inChannels, outStride], out is [batch, outHeight, outWidth, outStride]; outStride is
 * the number of output channels rounded up to a multiple of 4. `panels` has room for the filter with
 * its channels rounded up to eights.
 */
export function convForward(
  x: usize, filter: usize, out: usize, panels: usize, batch: i32, height: i32, width: i32,
  inChannels: i32, outHeight: i32, outWidth: i32, outStride: i32, filterHeight: i32,
  filterWidth: i32, strideY: i32, strideX: i32,
): void {
  const patchRow = filterWidth * inChannels
  const taps = filterHeight * patchRow
  const rowStep = <usize>(width * inChannels) << 2
  const imageStep = <usize>height * rowStep
  const pixelStep = <usize>(strideX * inChannels) << 2
  const outBytes = <usize>outStride << 2
  const pixels = outHeight * outWidth
  packPanels(filter, panels, taps, outBytes)
  for (let n = 0; n < batch; n++) {
    let panel = panels
    for (let o: usize = 0; o < outBytes; o += PANEL) {
      const whole = o + PANEL <= outBytes
      for (let p = 0; p < pixels; p += 4) {
        // The last group may be short: it computes its final pixel again instead of branching.
        const p1 = min(p + 1, pixels - 1)
        const p2 = min(p + 2, pixels - 1)
        const p3 = min(p + 3, pixels - 1)
        const x0 = x + <usize>((p / outWidth) * strideY) * rowStep + <usize>(p % outWidth) * pixelStep
        const x1 =
          x + <usize>((p1 / outWidth) * strideY) * rowStep + <usize>(p1 % outWidth) * pixelStep
        const x2 =
          x + <usize>((p2 / outWidth) * strideY) * rowStep + <usize>(p2 % outWidth) * pixelStep
        const x3 =
          x + <usize>((p3 / outWidth) * strideY) * rowStep + <usize>(p3 % outWidth) * pixelStep
        const column = out + o
        const out0 = column + <usize>p * outBytes
        const out1 = column + <usize>p1 * outBytes
        const out2 = column + <usize>p2 * outBytes
        const out3 = column + <usize>p3 * outBytes
        if (whole) {
          fourByEight(
            x0, x1, x2, x3, 4, filterHeight, patchRow, rowStep, panel, out0, out1, out2, out3, false,
          )
        } else {
          fourByFour(
            x0, x1, x2, x3, out0, out1, out2, out3, panel, filterHeight, patchRow, rowStep,
          )
        }
      }
      panel += <usize>taps * PANEL
    }
    x += imageStep
    out += <usize>pixels * outBytes
  }
}

/** A last panel of four channels keeps its upper half as it was: nobody reads it. */
function packPanels(filter: usize, panels: usize, taps: i32, outBytes: usize): void {
  for (let o: usize = 0; o < outBytes; o += PANEL) {
    const whole = o + PANEL <= outBytes
    let from = filter + o
    for (let tap = 0; tap < taps; tap++) {
      v128.store(panels, v128.load(from))
      if (whole) v128.store(panels, v128.load(from, 16), 16)
      from += outBytes
      panels += PANEL
    }
  }
}

/** Four pixels times the last four output channels. */
function fourByFour(
  x0: usize, x1: usize, x2: usize, x3: usize, out0: usize, out1: usize, out2: usize, out3: usize,
  panel: usize, filterHeight: i32, patchRow: i32, rowStep: usize,
): void {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  for (let i = 0; i < filterHeight; i++) {
    let a0 = x0 + <usize>i * rowStep
    let a1 = x1 + <usize>i * rowStep
    let a2 = x2 + <usize>i * rowStep
    let a3 = x3 + <usize>i * rowStep
    for (let r = 0; r < patchRow; r++) {
      const w = v128.load(panel)
      sum0 = multiplyAdd(splatAt(a0), w, sum0)
      sum1 = multiplyAdd(splatAt(a1), w, sum1)
      sum2 = multiplyAdd(splatAt(a2), w, sum2)
      sum3 = multiplyAdd(splatAt(a3), w, sum3)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      panel += PANEL
    }
  }
  v128.store(out0, sum0)
  v128.store(out1, sum1)
  v128.store(out2, sum2)
  v128.store(out3, sum3)
}
