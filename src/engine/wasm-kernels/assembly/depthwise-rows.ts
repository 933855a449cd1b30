// Depthwise convolution in one pass, with bias and limits: [batch, height, width, channels] images, a filter of
// [filterHeight, filterWidth, channels]. Padding is never written out: a row outside is one row of zeros, columns outside
// are left out. Windows of 3 x 3 go through a few rows with four channels before the next four.

import { multiplyAdd } from './simd'
import { endInside, endOfTaps, firstInside, firstTap, rowOrBlank } from './depthwise-row'

/** Rows that all channels pass before the next rows: as many as the first cache holds, but some pixels for each load of weights. */
const SWEPT_BYTES: i32 = 16384
const SWEPT_PIXELS: i32 = 64

/**
 * `blank` is a row of zeros. low and high: what is below or above becomes these; NaN stays. Of four channels or more the
 * last four are done together, whatever of them is done already; fewer are done one by one.
 */
export function depthwiseRows(
  x: usize, filter: usize, bias: usize, y: usize, blank: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32, dilationY: i32, dilationX: i32, low: f32, high: f32,
): void {
  const pixelBytes = <usize>channels << 2
  const rowBytes = <usize>width * pixelBytes
  const isThree = filterHeight == 3 && filterWidth == 3 && channels >= 4
  const isSwept = isThree && (strideX == 1 || (strideX == 2 && dilationX == 1))
  const rows = isSwept ? max(SWEPT_BYTES / <i32>rowBytes, max(1, SWEPT_PIXELS / outWidth)) : 1
  const first = firstInside(strideX, padLeft)
  const reach = (filterWidth - 1) * dilationX + 1
  const whole = channels < 4 ? 0 : (endInside(first, width, outWidth, reach, strideX, padLeft) - first) & ~3
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy += rows) {
      const end = min(outHeight, oy + rows)
      if (isSwept) {
        // Outputs that are as far from each other as the columns of a window are a picture of their own.
        for (let from = 0; from < min(dilationX, outWidth); from++) {
          const start = from - padLeft
          const column = start >= 0 ? start : (dilationX - (-start % dilationX)) % dilationX
          const columns = max(0, (width - column + dilationX - 1) / dilationX)
          for (let c: usize = 0; c < pixelBytes; c += 16) {
            const at = min(c, pixelBytes - 16)
            threeByThree(
              x, filter + at, bias + at, y + <usize>from * pixelBytes + at, blank, <usize>column * pixelBytes + at, height,
              rowBytes, columns, pixelBytes, <usize>dilationX * pixelBytes, oy, end, <usize>outWidth * pixelBytes,
              (outWidth - from + dilationX - 1) / dilationX, strideY, strideX, padTop, (column - start) / dilationX,
              dilationY, low, high,
            )
          }
        }
      } else {
        const top = oy * strideY - padTop
        for (let ox = 0; ox < outWidth; ) {
          const to = y + <usize>ox * pixelBytes
          const left = ox * strideX - padLeft
          if (ox >= first && ox < first + whole) {
            fourPixels(
              x, filter, bias, to, height, width, top, left, filterHeight, filterWidth, dilationY, dilationX,
              <usize>strideX * pixelBytes, pixelBytes, low, high,
            )
            ox += 4
          } else {
            onePixel(
              x, filter, bias, to, height, width, top, left, filterHeight, filterWidth, dilationY, dilationX, pixelBytes,
              low, high,
            )
            ox++
          }
        }
      }
      y += <usize>((end - oy) * outWidth) * pixelBytes
    }
    x += <usize>height * rowBytes
  }
}

/** Of a NaN both leave what it was. */
@inline
function limited(sum: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(sum, f32x4.splat(low)), f32x4.splat(high))
}

/**
 * Four channels of the outputs of some rows. Each column of the image is read once: it ends the sums of one output, and goes
 * on with, or begins, those of the ones behind.
 */
function threeByThree(
  x: usize, filter: usize, bias: usize, y: usize, blank: usize, from: usize, height: i32, rowBytes: usize, width: i32,
  pixelBytes: usize, step: usize, first: i32, end: i32, outRowBytes: usize, outWidth: i32, strideY: i32, strideX: i32,
  padTop: i32, padLeft: i32, dilationY: i32, low: f32, high: f32,
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
  for (let oy = first; oy < end; oy++) {
    const top = oy * strideY - padTop
    let row0 = rowOrBlank(x, top, height, rowBytes, blank) + from
    let row1 = rowOrBlank(x, top + dilationY, height, rowBytes, blank) + from
    let row2 = rowOrBlank(x, top + 2 * dilationY, height, rowBytes, blank) + from
    let to = y
    y += outRowBytes
    if (strideX == 1) {
      const last = outWidth + 2 - padLeft
      let ending = v128.load(bias)
      let next = ending
      for (let column = -padLeft; column < last; column++) {
        let begun = v128.load(bias)
        if (<u32>column < <u32>width) {
          const x0 = v128.load(row0)
          ending = multiplyAdd(x0, w02, ending)
          next = multiplyAdd(x0, w01, next)
          begun = multiplyAdd(x0, w00, begun)
          const x1 = v128.load(row1)
          ending = multiplyAdd(x1, w12, ending)
          next = multiplyAdd(x1, w11, next)
          begun = multiplyAdd(x1, w10, begun)
          const x2 = v128.load(row2)
          ending = multiplyAdd(x2, w22, ending)
          next = multiplyAdd(x2, w21, next)
          begun = multiplyAdd(x2, w20, begun)
          row0 += step
          row1 += step
          row2 += step
        }
        if (column + padLeft >= 2) {
          v128.store(to, limited(ending, low, high))
          to += step
        }
        ending = next
        next = begun
      }
    } else {
      let ending = v128.load(bias)
      for (let column = -padLeft; ; column++) {
        let begun = v128.load(bias)
        if (<u32>column < <u32>width) {
          const x0 = v128.load(row0)
          ending = multiplyAdd(x0, w02, ending)
          begun = multiplyAdd(x0, w00, begun)
          const x1 = v128.load(row1)
          ending = multiplyAdd(x1, w12, ending)
          begun = multiplyAdd(x1, w10, begun)
          const x2 = v128.load(row2)
          ending = multiplyAdd(x2, w22, ending)
          begun = multiplyAdd(x2, w20, begun)
          row0 += step
          row1 += step
          row2 += step
        }
        if (column + padLeft >= 2) {
          v128.store(to, limited(ending, low, high))
          to += step
          if (column + padLeft == 2 * outWidth) break
        }
        column++
        if (<u32>column < <u32>width) {
          begun = multiplyAdd(v128.load(row0), w01, begun)
          begun = multiplyAdd(v128.load(row1), w11, begun)
          begun = multiplyAdd(v128.load(row2), w21, begun)
          row0 += step
          row1 += step
          row2 += step
        }
        ending = begun
      }
    }
  }
}

/** Four neighbours in the output, any filter, whose windows begin and end within the image's columns. */
function fourPixels(
  image: usize, filter: usize, bias: usize, y: usize, height: i32, width: i32, top: i32, left: i32, filterHeight: i32,
  filterWidth: i32, dilationY: i32, dilationX: i32, stepBytes: usize, pixelBytes: usize, low: f32, high: f32,
): void {
  const firstRow = firstTap(top, dilationY)
  const endRow = endOfTaps(top, filterHeight, height, dilationY)
  const next = <usize>dilationX * pixelBytes
  for (let from: usize = 0; from < pixelBytes; from += 16) {
    const c = min(from, pixelBytes - 16)
    let sum0 = v128.load(bias + c)
    let sum1 = sum0
    let sum2 = sum0
    let sum3 = sum0
    let tap = filter + c + <usize>(firstRow * filterWidth) * pixelBytes
    for (let i = firstRow; i < endRow; i++) {
      let pixel = image + <usize>((top + i * dilationY) * width + left) * pixelBytes + c
      for (let j = 0; j < filterWidth; j++) {
        const w = v128.load(tap)
        sum0 = multiplyAdd(v128.load(pixel), w, sum0)
        sum1 = multiplyAdd(v128.load(pixel + stepBytes), w, sum1)
        sum2 = multiplyAdd(v128.load(pixel + 2 * stepBytes), w, sum2)
        sum3 = multiplyAdd(v128.load(pixel + 3 * stepBytes), w, sum3)
        pixel += next
        tap += pixelBytes
      }
    }
    let to = y + c
    v128.store(to, limited(sum0, low, high))
    to += pixelBytes
    v128.store(to, limited(sum1, low, high))
    to += pixelBytes
    v128.store(to, limited(sum2, low, high))
    to += pixelBytes
    v128.store(to, limited(sum3, low, high))
  }
}

/** One output, any filter, the taps that meet the image. */
function onePixel(
  image: usize, filter: usize, bias: usize, y: usize, height: i32, width: i32, top: i32, left: i32,
  filterHeight: i32, filterWidth: i32, dilationY: i32, dilationX: i32, pixelBytes: usize, low: f32, high: f32,
): void {
  const firstRow = firstTap(top, dilationY)
  const endRow = endOfTaps(top, filterHeight, height, dilationY)
  const firstColumn = firstTap(left, dilationX)
  const endColumn = endOfTaps(left, filterWidth, width, dilationX)
  const next = <usize>dilationX * pixelBytes
  const isWide = pixelBytes >= 16
  for (let from: usize = 0; from < pixelBytes; from += isWide ? 16 : 4) {
    const c = isWide ? min(from, pixelBytes - 16) : from
    let sum = isWide ? v128.load(bias + c) : v128.load32_splat(bias + c)
    for (let i = firstRow; i < endRow; i++) {
      let pixel = image + <usize>((top + i * dilationY) * width + left + firstColumn * dilationX) * pixelBytes + c
      let tap = filter + c + <usize>(i * filterWidth + firstColumn) * pixelBytes
      for (let j = firstColumn; j < endColumn; j++) {
        if (isWide) sum = multiplyAdd(v128.load(pixel), v128.load(tap), sum)
        else sum = multiplyAdd(v128.load32_splat(pixel), v128.load32_splat(tap), sum)
        pixel += next
        tap += pixelBytes
      }
    }
    sum = limited(sum, low, high)
    if (isWide) v128.store(y + c, sum)
    else store<f32>(y + c, f32x4.extract_lane(sum, 0))
  }
}
