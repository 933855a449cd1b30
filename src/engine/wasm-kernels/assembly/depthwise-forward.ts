// Depthwise convolution; see depthwise-row.ts for the layout.

import { endInside, endOfTaps, firstInside, firstTap, rowOrBlank } from './depthwise-row'
import { multiplyAdd } from './simd'

/** y = depthwise convolution of x, filter not flipped. `blank` has room for a row of x. */
export function depthwiseForward(
  x: usize, filter: usize, y: usize, blank: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32,
): void {
  const tapStep = <usize>channels << 2
  convolveImages(
    x, filter, tapStep, y, blank, batch, height, width, channels, outHeight, outWidth, filterHeight,
    filterWidth, strideY, strideX, padTop, padLeft,
  )
}

/** The taps lie `tapStep` bytes apart from `filter` on: backwards from the last, the filter is turned round. */
export function convolveImages(
  x: usize, filter: usize, tapStep: usize, y: usize, blank: usize, batch: i32, height: i32,
  width: i32, channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32,
  strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
): void {
  const pixelBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const rowBytes = <usize>width * pixelBytes
  // Columns before the first and after the last are at most the two that running sums bridge.
  const padRight = (outWidth - 1) * strideX + filterWidth - padLeft - width
  const square3 = filterHeight == 3 && filterWidth == 3
  const running = square3 && strideX == 1 && width > 1 && padLeft >= 0 && padLeft <= 2 &&
    padRight >= 0 && padRight <= 2
  // Outputs whose window lies inside, from left to right.
  const inside = firstInside(strideX, padLeft)
  const end = endInside(inside, width, outWidth, filterWidth, strideX, padLeft)
  const outRowBytes = <usize>outWidth * pixelBytes
  memory.fill(blank, 0, rowBytes)
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * strideY - padTop
      const row0 = rowOrBlank(x, top, height, rowBytes, blank)
      const row1 = rowOrBlank(x, top + 1, height, rowBytes, blank)
      const row2 = rowOrBlank(x, top + 2, height, rowBytes, blank)
      for (let c: usize = 0; c < vectorBytes; c += 16) {
        if (running) {
          runningRow(
            row0 + c, row1 + c, row2 + c, filter + c, tapStep, y + c, width, outWidth, 2 - padLeft,
            pixelBytes,
          )
        } else if (square3 && inside < end) {
          const at = <usize>(inside * strideX - padLeft) * pixelBytes + c
          separateRow(
            row0 + at, row1 + at, row2 + at, filter + c, tapStep, y + <usize>inside * pixelBytes + c,
            end - inside, <usize>strideX * pixelBytes, pixelBytes,
          )
        }
      }
      for (let ox = 0; ox < outWidth; ox++) {
        const done = running || (square3 && ox >= inside && ox < end)
        if (done && vectorBytes == pixelBytes) continue
        onePixel(
          x, filter, tapStep, y + <usize>ox * pixelBytes, height, width, top, ox * strideX - padLeft,
          filterHeight, filterWidth, done ? vectorBytes : 0, vectorBytes, pixelBytes,
        )
      }
      y += outRowBytes
    }
    x += <usize>height * rowBytes
  }
}

/**
 * One row of outputs, 3 x 3, stride one, four channels. Nine filter vectors and three running sums stay in
 * registers, and each column of pixels is loaded once for the three outputs that it is part of.
 * The first `early` columns complete no output.
 */
function runningRow(
  x0: usize, x1: usize, x2: usize, tap: usize, tapStep: usize, to: usize, width: i32,
  outWidth: i32, early: i32, pixelBytes: usize,
): void {
  const w00 = v128.load(tap)
  tap += tapStep
  const w01 = v128.load(tap)
  tap += tapStep
  const w02 = v128.load(tap)
  tap += tapStep
  const w10 = v128.load(tap)
  tap += tapStep
  const w11 = v128.load(tap)
  tap += tapStep
  const w12 = v128.load(tap)
  tap += tapStep
  const w20 = v128.load(tap)
  tap += tapStep
  const w21 = v128.load(tap)
  tap += tapStep
  const w22 = v128.load(tap)
  // Of the outputs whose first and whose second column comes next.
  let next = f32x4.splat(0)
  let current = next
  for (let column = 0; column < width; column++) {
    let pixel = v128.load(x0)
    let done = multiplyAdd(pixel, w02, current)
    current = multiplyAdd(pixel, w01, next)
    next = f32x4.mul(pixel, w00)
    pixel = v128.load(x1)
    done = multiplyAdd(pixel, w12, done)
    current = multiplyAdd(pixel, w11, current)
    next = multiplyAdd(pixel, w10, next)
    pixel = v128.load(x2)
    done = multiplyAdd(pixel, w22, done)
    current = multiplyAdd(pixel, w21, current)
    next = multiplyAdd(pixel, w20, next)
    if (column >= early) {
      v128.store(to, done)
      to += pixelBytes
    }
    x0 += pixelBytes
    x1 += pixelBytes
    x2 += pixelBytes
  }
  // What is left over the right edge.
  const left = outWidth - (width - early)
  if (left > 0) v128.store(to, current)
  if (left > 1) v128.store(to + pixelBytes, next)
}

/** Outputs of a 3 x 3 filter whose windows begin `strideBytes` apart, all inside the row; four channels. */
function separateRow(
  x0: usize, x1: usize, x2: usize, tap: usize, tapStep: usize, to: usize, count: i32,
  strideBytes: usize, pixelBytes: usize,
): void {
  const w00 = v128.load(tap)
  tap += tapStep
  const w01 = v128.load(tap)
  tap += tapStep
  const w02 = v128.load(tap)
  tap += tapStep
  const w10 = v128.load(tap)
  tap += tapStep
  const w11 = v128.load(tap)
  tap += tapStep
  const w12 = v128.load(tap)
  tap += tapStep
  const w20 = v128.load(tap)
  tap += tapStep
  const w21 = v128.load(tap)
  tap += tapStep
  const w22 = v128.load(tap)
  for (let k = 0; k < count; k++) {
    let sum = f32x4.mul(v128.load(x0), w00)
    sum = multiplyAdd(v128.load(x0 + pixelBytes), w01, sum)
    sum = multiplyAdd(v128.load(x0 + 2 * pixelBytes), w02, sum)
    sum = multiplyAdd(v128.load(x1), w10, sum)
    sum = multiplyAdd(v128.load(x1 + pixelBytes), w11, sum)
    sum = multiplyAdd(v128.load(x1 + 2 * pixelBytes), w12, sum)
    sum = multiplyAdd(v128.load(x2), w20, sum)
    sum = multiplyAdd(v128.load(x2 + pixelBytes), w21, sum)
    sum = multiplyAdd(v128.load(x2 + 2 * pixelBytes), w22, sum)
    v128.store(to, sum)
    x0 += strideBytes
    x1 += strideBytes
    x2 += strideBytes
    to += pixelBytes
  }
}

/** One output, any filter, the taps that meet the image; channels from the byte `from` of the pixel on. */
function onePixel(
  image: usize, filter: usize, tapStep: usize, y: usize, height: i32, width: i32, top: i32,
  left: i32, filterHeight: i32, filterWidth: i32, from: usize, vectorBytes: usize,
  pixelBytes: usize,
): void {
  const firstRow = firstTap(top)
  const endRow = endOfTaps(top, filterHeight, height)
  const firstColumn = firstTap(left)
  const endColumn = endOfTaps(left, filterWidth, width)
  let c = from
  for (; c < vectorBytes; c += 16) {
    let sum = f32x4.splat(0)
    for (let i = firstRow; i < endRow; i++) {
      let pixel = image + <usize>((top + i) * width + left + firstColumn) * pixelBytes + c
      let tap = filter + c + <usize>(i * filterWidth + firstColumn) * tapStep
      for (let j = firstColumn; j < endColumn; j++) {
        sum = multiplyAdd(v128.load(pixel), v128.load(tap), sum)
        pixel += pixelBytes
        tap += tapStep
      }
    }
    v128.store(y + c, sum)
  }
  for (; c < pixelBytes; c += 4) {
    let sum: f32 = 0
    for (let i = firstRow; i < endRow; i++) {
      let pixel = image + <usize>((top + i) * width + left + firstColumn) * pixelBytes + c
      let tap = filter + c + <usize>(i * filterWidth + firstColumn) * tapStep
      for (let j = firstColumn; j < endColumn; j++) {
        sum += load<f32>(pixel) * load<f32>(tap)
        pixel += pixelBytes
        tap += tapStep
      }
    }
    store<f32>(y + c, sum)
  }
}
