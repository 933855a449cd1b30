// Gradient of a depthwise convolution for its filter; see depthwise-row.ts for the layout.

import { endInside, endOfTaps, firstInside, firstTap, pixelOrZero, rowOrBlank } from './depthwise-row'
import { addScalarTo, addTo, multiplyAdd } from './simd'

/** Bytes of rows that are worked on together, channels after channels: they stay in the first-level cache. */
const STRIP_BYTES: usize = 24576

/**
 * dFilter[i, j, c] = sum over pixels of x[y * strideY + i - padTop, x * strideX + j - padLeft, c] * dy[y, x, c], and what
 * dFilter holds where it `goesOn`. `blank` has room for a row of x.
 */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dFilter: usize, blank: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32, goesOn: i32,
): void {
  const pixelBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const rowBytes = <usize>width * pixelBytes
  const outRowBytes = <usize>outWidth * pixelBytes
  const square3 = filterHeight == 3 && filterWidth == 3
  const running = square3 && strideX == 1
  // Outputs whose window lies inside, from left to right.
  const inside = firstInside(strideX, padLeft)
  const end = endInside(inside, width, outWidth, filterWidth, strideX, padLeft)
  const strip = <i32>max(1, STRIP_BYTES / (<usize>strideY * rowBytes + outRowBytes))
  memory.fill(blank, 0, rowBytes)
  if (!goesOn) memory.fill(dFilter, 0, <usize>(filterHeight * filterWidth) * pixelBytes)
  for (let n = 0; n < batch; n++) {
    if (square3) {
      for (let oy = 0; oy < outHeight; oy += strip) {
        const rows = min(strip, outHeight - oy)
        const first = dy + <usize>oy * outRowBytes
        let c: usize = 0
        if (!running && inside < end) {
          for (; c + 32 <= vectorBytes; c += 32) {
            for (let i = 0; i < 3; i++) {
              tapsOfRow(
                x + c, first + c, dFilter + c + <usize>(3 * i) * pixelBytes, rows, height, inside, end,
                oy * strideY - padTop + i, strideY, strideX, padLeft, rowBytes, outRowBytes, pixelBytes,
              )
            }
          }
        }
        for (; c < vectorBytes; c += 16) {
          if (running) {
            runningTaps(
              x + c, first + c, dFilter + c, blank, rows, height, width, outWidth,
              oy * strideY - padTop, strideY, padLeft, rowBytes, outRowBytes, pixelBytes,
            )
          } else if (inside < end) {
            separateTaps(
              x + c, first + c, dFilter + c, blank, rows, height, inside, end, oy * strideY - padTop,
              strideY, strideX, padLeft, rowBytes, outRowBytes, pixelBytes,
            )
          }
        }
      }
    }
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const whole = running || (square3 && ox >= inside && ox < end)
        if (!whole || vectorBytes < pixelBytes) {
          onePixel(
            x, dy, dFilter, height, width, oy * strideY - padTop, ox * strideX - padLeft,
            filterHeight, filterWidth, whole ? vectorBytes : 0, vectorBytes, pixelBytes,
          )
        }
        dy += pixelBytes
      }
    }
    x += <usize>height * rowBytes
  }
}

/**
 * All taps of a 3 x 3 filter with stride one in x, four channels, some rows from row `top` of the image on. The
 * nine sums and three dy stay in registers: each column of pixels is loaded once, for the three outputs that
 * it is part of.
 */
function runningTaps(
  x: usize, dy: usize, target: usize, blank: usize, rows: i32, height: i32, width: i32,
  outWidth: i32, top: i32, strideY: i32, padLeft: i32, rowBytes: usize, outRowBytes: usize,
  pixelBytes: usize,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00, sum02 = sum00
  let sum10 = sum00, sum11 = sum00, sum12 = sum00
  let sum20 = sum00, sum21 = sum00, sum22 = sum00
  for (let row = 0; row < rows; row++) {
    let x0 = rowOrBlank(x, top, height, rowBytes, blank)
    let x1 = rowOrBlank(x, top + 1, height, rowBytes, blank)
    let x2 = rowOrBlank(x, top + 2, height, rowBytes, blank)
    let d1 = pixelOrZero(dy, padLeft - 2, outWidth, pixelBytes), d2 = d1
    let d0 = pixelOrZero(dy, padLeft - 1, outWidth, pixelBytes)
    let from = dy + <usize>padLeft * pixelBytes
    for (let column = 0; column < width; column++) {
      d2 = d1
      d1 = d0
      if (column + padLeft < outWidth) {
        d0 = v128.load(from)
        from += pixelBytes
      } else d0 = f32x4.splat(0)
      let pixel = v128.load(x0)
      sum00 = multiplyAdd(pixel, d0, sum00)
      sum01 = multiplyAdd(pixel, d1, sum01)
      sum02 = multiplyAdd(pixel, d2, sum02)
      pixel = v128.load(x1)
      sum10 = multiplyAdd(pixel, d0, sum10)
      sum11 = multiplyAdd(pixel, d1, sum11)
      sum12 = multiplyAdd(pixel, d2, sum12)
      pixel = v128.load(x2)
      sum20 = multiplyAdd(pixel, d0, sum20)
      sum21 = multiplyAdd(pixel, d1, sum21)
      sum22 = multiplyAdd(pixel, d2, sum22)
      x0 += pixelBytes
      x1 += pixelBytes
      x2 += pixelBytes
    }
    top += strideY
    dy += outRowBytes
  }
  addNine(target, pixelBytes, sum00, sum01, sum02, sum10, sum11, sum12, sum20, sum21, sum22)
}

/** The same where outputs lie apart in x: those of each row from `begin` to `end`, whose windows lie inside. */
function separateTaps(
  x: usize, dy: usize, target: usize, blank: usize, rows: i32, height: i32, begin: i32, end: i32,
  top: i32, strideY: i32, strideX: i32, padLeft: i32, rowBytes: usize, outRowBytes: usize,
  pixelBytes: usize,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00, sum02 = sum00
  let sum10 = sum00, sum11 = sum00, sum12 = sum00
  let sum20 = sum00, sum21 = sum00, sum22 = sum00
  const left = <usize>(begin * strideX - padLeft) * pixelBytes
  const strideBytes = <usize>strideX * pixelBytes
  for (let row = 0; row < rows; row++) {
    let x0 = rowOrBlank(x, top, height, rowBytes, blank) + left
    let x1 = rowOrBlank(x, top + 1, height, rowBytes, blank) + left
    let x2 = rowOrBlank(x, top + 2, height, rowBytes, blank) + left
    let from = dy + <usize>begin * pixelBytes
    for (let k = begin; k < end; k++) {
      const d = v128.load(from)
      sum00 = multiplyAdd(v128.load(x0), d, sum00)
      sum01 = multiplyAdd(v128.load(x0 + pixelBytes), d, sum01)
      sum02 = multiplyAdd(v128.load(x0 + 2 * pixelBytes), d, sum02)
      sum10 = multiplyAdd(v128.load(x1), d, sum10)
      sum11 = multiplyAdd(v128.load(x1 + pixelBytes), d, sum11)
      sum12 = multiplyAdd(v128.load(x1 + 2 * pixelBytes), d, sum12)
      sum20 = multiplyAdd(v128.load(x2), d, sum20)
      sum21 = multiplyAdd(v128.load(x2 + pixelBytes), d, sum21)
      sum22 = multiplyAdd(v128.load(x2 + 2 * pixelBytes), d, sum22)
      x0 += strideBytes
      x1 += strideBytes
      x2 += strideBytes
      from += pixelBytes
    }
    top += strideY
    dy += outRowBytes
  }
  addNine(target, pixelBytes, sum00, sum01, sum02, sum10, sum11, sum12, sum20, sum21, sum22)
}

/** Three taps of one row of the filter for eight channels: nine of four need more registers than there are. */
function tapsOfRow(
  x: usize, dy: usize, target: usize, rows: i32, height: i32, begin: i32, end: i32, top: i32,
  strideY: i32, strideX: i32, padLeft: i32, rowBytes: usize, outRowBytes: usize, pixelBytes: usize,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00, sum10 = sum00, sum11 = sum00, sum20 = sum00, sum21 = sum00
  const left = <usize>(begin * strideX - padLeft) * pixelBytes
  const strideBytes = <usize>strideX * pixelBytes
  for (let row = 0; row < rows; row++) {
    if (top >= 0 && top < height) {
      let x0 = x + <usize>top * rowBytes + left
      let from = dy + <usize>begin * pixelBytes
      for (let k = begin; k < end; k++) {
        const d0 = v128.load(from)
        const d1 = v128.load(from, 16)
        const x1 = x0 + pixelBytes
        const x2 = x1 + pixelBytes
        sum00 = multiplyAdd(v128.load(x0), d0, sum00)
        sum01 = multiplyAdd(v128.load(x0, 16), d1, sum01)
        sum10 = multiplyAdd(v128.load(x1), d0, sum10)
        sum11 = multiplyAdd(v128.load(x1, 16), d1, sum11)
        sum20 = multiplyAdd(v128.load(x2), d0, sum20)
        sum21 = multiplyAdd(v128.load(x2, 16), d1, sum21)
        x0 += strideBytes
        from += pixelBytes
      }
    }
    top += strideY
    dy += outRowBytes
  }
  addTo(target, sum00)
  addTo(target + 16, sum01)
  addTo(target + pixelBytes, sum10)
  addTo(target + pixelBytes + 16, sum11)
  addTo(target + 2 * pixelBytes, sum20)
  addTo(target + 2 * pixelBytes + 16, sum21)
}

@inline
function addNine(
  target: usize, pixelBytes: usize, sum00: v128, sum01: v128, sum02: v128, sum10: v128, sum11: v128,
  sum12: v128, sum20: v128, sum21: v128, sum22: v128,
): void {
  addTo(target, sum00)
  addTo(target + pixelBytes, sum01)
  addTo(target + 2 * pixelBytes, sum02)
  addTo(target + 3 * pixelBytes, sum10)
  addTo(target + 4 * pixelBytes, sum11)
  addTo(target + 5 * pixelBytes, sum12)
  addTo(target + 6 * pixelBytes, sum20)
  addTo(target + 7 * pixelBytes, sum21)
  addTo(target + 8 * pixelBytes, sum22)
}

/** What one output gives to the taps that meet the image; channels from the byte `from` of the pixel on. */
function onePixel(
  image: usize, dy: usize, dFilter: usize, height: i32, width: i32, top: i32, left: i32,
  filterHeight: i32, filterWidth: i32, from: usize, vectorBytes: usize, pixelBytes: usize,
): void {
  const endRow = endOfTaps(top, filterHeight, height)
  const endColumn = endOfTaps(left, filterWidth, width)
  for (let i = firstTap(top); i < endRow; i++) {
    for (let j = firstTap(left); j < endColumn; j++) {
      const pixel = image + <usize>((top + i) * width + left + j) * pixelBytes
      const target = dFilter + <usize>(i * filterWidth + j) * pixelBytes
      let c = from
      for (; c < vectorBytes; c += 16) {
        v128.store(
          target + c,
          multiplyAdd(v128.load(pixel + c), v128.load(dy + c), v128.load(target + c)),
        )
      }
      for (; c < pixelBytes; c += 4) {
        addScalarTo(target + c, load<f32>(pixel + c) * load<f32>(dy + c))
      }
    }
  }
}
