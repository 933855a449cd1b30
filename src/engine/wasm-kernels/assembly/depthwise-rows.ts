// Depthwise convolution in one pass, with bias and limits: [batch, height, width, channels] images, a filter of
// [filterHeight, filterWidth, channels]. Padding is never written out: a row outside is one row of zeros, columns outside
// are left out. All channels of a vector go through a row of pixels before the next ones do.

import { multiplyAdd } from './simd'
import { endInside, endOfTaps, firstInside, firstTap, rowOrBlank } from './depthwise-row'

/**
 * `blank` is a row of zeros. low and high: what is below or above becomes these; NaN stays. Channels beyond whole vectors
 * are done one by one.
 */
export function depthwiseRows(
  x: usize, filter: usize, bias: usize, y: usize, blank: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32, low: f32, high: f32,
): void {
  const pixelBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const rowBytes = <usize>width * pixelBytes
  const isThree = filterHeight == 3 && filterWidth == 3
  const inside = firstInside(strideX, padLeft)
  const end = endInside(inside, width, outWidth, filterWidth, strideX, padLeft)
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * strideY - padTop
      if (isThree && end > inside) {
        const row0 = rowOrBlank(x, top, height, rowBytes, blank)
        const row1 = rowOrBlank(x, top + 1, height, rowBytes, blank)
        const row2 = rowOrBlank(x, top + 2, height, rowBytes, blank)
        const at = <usize>(inside * strideX - padLeft) * pixelBytes
        for (let c: usize = 0; c < vectorBytes; c += 16) {
          threeByThree(
            row0 + at + c, row1 + at + c, row2 + at + c, filter + c, bias + c,
            y + <usize>inside * pixelBytes + c, end - inside, strideX, pixelBytes, low, high,
          )
        }
      }
      for (let ox = 0; ox < outWidth; ox++) {
        const isInside = isThree && ox >= inside && ox < end
        if (isThree && !isInside) {
          edgePixel(
            x, filter, bias, y + <usize>ox * pixelBytes, blank, top, ox * strideX - padLeft, height, width,
            pixelBytes, vectorBytes, low, high,
          )
        }
        const isDone = isThree
        if (isDone && vectorBytes == pixelBytes) continue
        onePixel(
          x, filter, bias, y + <usize>ox * pixelBytes, height, width, top, ox * strideX - padLeft,
          filterHeight, filterWidth, isDone ? vectorBytes : 0, vectorBytes, pixelBytes, low, high,
        )
      }
      y += <usize>outWidth * pixelBytes
    }
    x += <usize>height * rowBytes
  }
}

/** Four channels of the pixels of a row whose windows lie inside. */
function threeByThree(
  x0: usize, x1: usize, x2: usize, filter: usize, bias: usize, to: usize, count: i32, strideX: i32,
  pixelBytes: usize, low: f32, high: f32,
): void {
  const w00 = v128.load(filter)
  const w01 = v128.load(filter + pixelBytes)
  filter += 2 * pixelBytes
  const w02 = v128.load(filter)
  const w10 = v128.load(filter + pixelBytes)
  filter += 2 * pixelBytes
  const w11 = v128.load(filter)
  const w12 = v128.load(filter + pixelBytes)
  filter += 2 * pixelBytes
  const w20 = v128.load(filter)
  const w21 = v128.load(filter + pixelBytes)
  filter += 2 * pixelBytes
  const w22 = v128.load(filter)
  const second = pixelBytes
  const third = 2 * pixelBytes
  const fourth = 3 * pixelBytes
  let k = 0
  if (strideX == 1) {
    for (; k + 2 <= count; k += 2) {
      let x = v128.load(x0 + second)
      let left = multiplyAdd(v128.load(x0), w00, v128.load(bias))
      let right = multiplyAdd(x, w00, v128.load(bias))
      left = multiplyAdd(x, w01, left)
      x = v128.load(x0 + third)
      right = multiplyAdd(x, w01, right)
      left = multiplyAdd(x, w02, left)
      right = multiplyAdd(v128.load(x0 + fourth), w02, right)
      x = v128.load(x1 + second)
      left = multiplyAdd(v128.load(x1), w10, left)
      right = multiplyAdd(x, w10, right)
      left = multiplyAdd(x, w11, left)
      x = v128.load(x1 + third)
      right = multiplyAdd(x, w11, right)
      left = multiplyAdd(x, w12, left)
      right = multiplyAdd(v128.load(x1 + fourth), w12, right)
      x = v128.load(x2 + second)
      left = multiplyAdd(v128.load(x2), w20, left)
      right = multiplyAdd(x, w20, right)
      left = multiplyAdd(x, w21, left)
      x = v128.load(x2 + third)
      right = multiplyAdd(x, w21, right)
      left = multiplyAdd(x, w22, left)
      right = multiplyAdd(v128.load(x2 + fourth), w22, right)
      v128.store(to, f32x4.pmin(f32x4.pmax(left, f32x4.splat(low)), f32x4.splat(high)))
      v128.store(to + second, f32x4.pmin(f32x4.pmax(right, f32x4.splat(low)), f32x4.splat(high)))
      x0 += third
      x1 += third
      x2 += third
      to += third
    }
  }
  const step = <usize>strideX * pixelBytes
  for (; k < count; k++) {
    let sum = multiplyAdd(v128.load(x0), w00, v128.load(bias))
    sum = multiplyAdd(v128.load(x0 + second), w01, sum)
    sum = multiplyAdd(v128.load(x0 + third), w02, sum)
    sum = multiplyAdd(v128.load(x1), w10, sum)
    sum = multiplyAdd(v128.load(x1 + second), w11, sum)
    sum = multiplyAdd(v128.load(x1 + third), w12, sum)
    sum = multiplyAdd(v128.load(x2), w20, sum)
    sum = multiplyAdd(v128.load(x2 + second), w21, sum)
    sum = multiplyAdd(v128.load(x2 + third), w22, sum)
    v128.store(to, f32x4.pmin(f32x4.pmax(sum, f32x4.splat(low)), f32x4.splat(high)))
    x0 += step
    x1 += step
    x2 += step
    to += pixelBytes
  }
}

/** Whole vectors of one output of which columns lie outside. */
function edgePixel(
  image: usize, filter: usize, bias: usize, to: usize, blank: usize, top: i32, left: i32, height: i32,
  width: i32, pixelBytes: usize, vectorBytes: usize, low: f32, high: f32,
): void {
  const rowBytes = <usize>width * pixelBytes
  const row0 = rowOrBlank(image, top, height, rowBytes, blank)
  const row1 = rowOrBlank(image, top + 1, height, rowBytes, blank)
  const row2 = rowOrBlank(image, top + 2, height, rowBytes, blank)
  for (let c: usize = 0; c < vectorBytes; c += 16) v128.store(to + c, v128.load(bias + c))
  for (let j = 0; j < 3; j++) {
    if (left + j < 0 || left + j >= width) continue
    const at = <usize>(left + j) * pixelBytes
    let tap = filter + <usize>j * pixelBytes
    const next = 3 * pixelBytes
    for (let c: usize = 0; c < vectorBytes; c += 16) {
      let sum = multiplyAdd(v128.load(row0 + at + c), v128.load(tap), v128.load(to + c))
      sum = multiplyAdd(v128.load(row1 + at + c), v128.load(tap + next), sum)
      sum = multiplyAdd(v128.load(row2 + at + c), v128.load(tap + 2 * next), sum)
      v128.store(to + c, sum)
      tap += 16
    }
  }
  const lows = f32x4.splat(low)
  const highs = f32x4.splat(high)
  for (let c: usize = 0; c < vectorBytes; c += 16) {
    v128.store(to + c, f32x4.pmin(f32x4.pmax(v128.load(to + c), lows), highs))
  }
}

/** One output, any filter, the taps that meet the image; channels from the byte `from` of the pixel on. */
function onePixel(
  image: usize, filter: usize, bias: usize, y: usize, height: i32, width: i32, top: i32, left: i32,
  filterHeight: i32, filterWidth: i32, from: usize, vectorBytes: usize, pixelBytes: usize, low: f32,
  high: f32,
): void {
  const firstRow = firstTap(top)
  const endRow = endOfTaps(top, filterHeight, height)
  const firstColumn = firstTap(left)
  const endColumn = endOfTaps(left, filterWidth, width)
  let c = from
  for (; c < vectorBytes; c += 16) {
    let sum = v128.load(bias + c)
    for (let i = firstRow; i < endRow; i++) {
      let pixel = image + <usize>((top + i) * width + left + firstColumn) * pixelBytes + c
      let tap = filter + c + <usize>(i * filterWidth + firstColumn) * pixelBytes
      for (let j = firstColumn; j < endColumn; j++) {
        sum = multiplyAdd(v128.load(pixel), v128.load(tap), sum)
        pixel += pixelBytes
        tap += pixelBytes
      }
    }
    v128.store(y + c, f32x4.pmin(f32x4.pmax(sum, f32x4.splat(low)), f32x4.splat(high)))
  }
  for (; c < pixelBytes; c += 4) {
    let sum = load<f32>(bias + c)
    for (let i = firstRow; i < endRow; i++) {
      let pixel = image + <usize>((top + i) * width + left + firstColumn) * pixelBytes + c
      let tap = filter + c + <usize>(i * filterWidth + firstColumn) * pixelBytes
      for (let j = firstColumn; j < endColumn; j++) {
        sum += load<f32>(pixel) * load<f32>(tap)
        pixel += pixelBytes
        tap += pixelBytes
      }
    }
    if (sum < low) sum = low
    if (sum > high) sum = high
    store<f32>(y + c, sum)
  }
}
