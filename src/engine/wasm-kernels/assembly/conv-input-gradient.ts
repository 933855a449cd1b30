// dx[patch position (i, r)] += sum over o of dy[pixel, o] * filter[i, r, o], with r = (column,
// channel) as in conv-forward.ts. Each pixel adds its contribution to the patch it was computed from,
// which is right for every stride.

import { addScalarTo, addTo, multiplyAdd, splatAt } from './simd'

/**
 * dy is [batch, outHeight, outWidth, outChannels]. filter is transposed to [filterHeight,
 * outChannels, filterWidth * inChannels]. dx is the padded image [batch, height, width, inChannels],
 * zeroed by the caller, who crops it afterwards.
 */
export function convInputGradient(
  dy: usize, filter: usize, dx: usize, batch: i32, height: i32, width: i32, inChannels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, filterHeight: i32, filterWidth: i32,
  strideY: i32, strideX: i32,
): void {
  const patchBytes = <usize>(filterWidth * inChannels) << 2
  const rowStep = <usize>(width * inChannels) << 2
  const pixelStep = <usize>(strideX * inChannels) << 2
  const dyBytes = <usize>outChannels << 2
  const pixels = outHeight * outWidth
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < filterHeight; i++) {
      const weights = filter + <usize>(i * outChannels) * patchBytes
      for (let p = 0; p < pixels; p += 4) {
        // In a short last group the spare pixels repeat the final one and are not written.
        const count = pixels - p
        const p1 = min(p + 1, pixels - 1)
        const p2 = min(p + 2, pixels - 1)
        const p3 = min(p + 3, pixels - 1)
        fourPixels(
          dy + <usize>p * dyBytes, dy + <usize>p1 * dyBytes,
          dy + <usize>p2 * dyBytes, dy + <usize>p3 * dyBytes,
          dx + <usize>((p / outWidth) * strideY + i) * rowStep + <usize>(p % outWidth) * pixelStep,
          dx + <usize>((p1 / outWidth) * strideY + i) * rowStep + <usize>(p1 % outWidth) * pixelStep,
          dx + <usize>((p2 / outWidth) * strideY + i) * rowStep + <usize>(p2 % outWidth) * pixelStep,
          dx + <usize>((p3 / outWidth) * strideY + i) * rowStep + <usize>(p3 % outWidth) * pixelStep,
          count, weights, dyBytes, patchBytes,
        )
      }
    }
    dy += <usize>pixels * dyBytes
    dx += <usize>height * rowStep
  }
}

/** One filter row of four pixels, in register tiles of 4 pixels x 8 patch positions. */
function fourPixels(
  dy0: usize, dy1: usize, dy2: usize, dy3: usize, dx0: usize, dx1: usize, dx2: usize, dx3: usize,
  count: i32, filter: usize, dyBytes: usize, patchBytes: usize,
): void {
  let r: usize = 0
  for (; r + 32 <= patchBytes; r += 32) {
    let sum00 = f32x4.splat(0)
    let sum01 = sum00
    let sum10 = sum00
    let sum11 = sum00
    let sum20 = sum00
    let sum21 = sum00
    let sum30 = sum00
    let sum31 = sum00
    let weights = filter + r
    for (let o: usize = 0; o < dyBytes; o += 4) {
      const w0 = v128.load(weights)
      const w1 = v128.load(weights, 16)
      let d = splatAt(dy0 + o)
      sum00 = multiplyAdd(d, w0, sum00)
      sum01 = multiplyAdd(d, w1, sum01)
      d = splatAt(dy1 + o)
      sum10 = multiplyAdd(d, w0, sum10)
      sum11 = multiplyAdd(d, w1, sum11)
      d = splatAt(dy2 + o)
      sum20 = multiplyAdd(d, w0, sum20)
      sum21 = multiplyAdd(d, w1, sum21)
      d = splatAt(dy3 + o)
      sum30 = multiplyAdd(d, w0, sum30)
      sum31 = multiplyAdd(d, w1, sum31)
      weights += patchBytes
    }
    // Patches of neighbouring pixels overlap: add one pixel after the other.
    addTo(dx0 + r, sum00)
    addTo(dx0 + r + 16, sum01)
    if (count > 1) {
      addTo(dx1 + r, sum10)
      addTo(dx1 + r + 16, sum11)
    }
    if (count > 2) {
      addTo(dx2 + r, sum20)
      addTo(dx2 + r + 16, sum21)
    }
    if (count > 3) {
      addTo(dx3 + r, sum30)
      addTo(dx3 + r + 16, sum31)
    }
  }
  for (; r + 16 <= patchBytes; r += 16) {
    let sum0 = f32x4.splat(0)
    let sum1 = sum0
    let sum2 = sum0
    let sum3 = sum0
    let weights = filter + r
    for (let o: usize = 0; o < dyBytes; o += 4) {
      const w = v128.load(weights)
      sum0 = multiplyAdd(splatAt(dy0 + o), w, sum0)
      sum1 = multiplyAdd(splatAt(dy1 + o), w, sum1)
      sum2 = multiplyAdd(splatAt(dy2 + o), w, sum2)
      sum3 = multiplyAdd(splatAt(dy3 + o), w, sum3)
      weights += patchBytes
    }
    addTo(dx0 + r, sum0)
    if (count > 1) addTo(dx1 + r, sum1)
    if (count > 2) addTo(dx2 + r, sum2)
    if (count > 3) addTo(dx3 + r, sum3)
  }
  for (; r < patchBytes; r += 4) {
    let sum0: f32 = 0
    let sum1: f32 = 0
    let sum2: f32 = 0
    let sum3: f32 = 0
    let weights = filter + r
    for (let o: usize = 0; o < dyBytes; o += 4) {
      const w = load<f32>(weights)
      sum0 += load<f32>(dy0 + o) * w
      sum1 += load<f32>(dy1 + o) * w
      sum2 += load<f32>(dy2 + o) * w
      sum3 += load<f32>(dy3 + o) * w
      weights += patchBytes
    }
    addScalarTo(dx0 + r, sum0)
    if (count > 1) addScalarTo(dx1 + r, sum1)
    if (count > 2) addScalarTo(dx2 + r, sum2)
    if (count > 3) addScalarTo(dx3 + r, sum3)
  }
}
