// Depthwise convolution with one filter per channel: [batch, height, width, channels] images,
// [filterHeight, filterWidth, channels] filters. Zeros are put around one image at a time, on a canvas
// [canvasHeight, canvasWidth, channels] that stays in the cache; without padding the canvas is not used.

import { addScalarTo, addTo, multiplyAdd } from './simd'

/** Bytes of rows that are worked on together, channels after channels: they stay in the first-level cache. */
const STRIP_BYTES: usize = 24576

/** Copies an image onto the canvas, whose border was zeroed before. */
function place(
  image: usize, canvas: usize, height: i32, rowBytes: usize, canvasRowBytes: usize, corner: usize,
): void {
  let to = canvas + corner
  for (let row = 0; row < height; row++) {
    memory.copy(to, image, rowBytes)
    image += rowBytes
    to += canvasRowBytes
  }
}

/** y = depthwise convolution of x, filter not flipped. */
export function depthwiseForward(
  x: usize, filter: usize, y: usize, canvas: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32, canvasHeight: i32, canvasWidth: i32,
): void {
  const pixelStep = <usize>channels << 2
  const rowStep = <usize>canvasWidth * pixelStep
  const rowBytes = <usize>width * pixelStep
  const vectorBytes = <usize>(channels & ~3) << 2
  const square3 = filterHeight == 3 && filterWidth == 3
  const padded = canvasHeight != height || canvasWidth != width
  if (padded) memory.fill(canvas, 0, <usize>canvasHeight * rowStep)
  for (let n = 0; n < batch; n++) {
    let image = x + <usize>(n * height) * rowBytes
    if (padded) {
      place(image, canvas, height, rowBytes, rowStep, <usize>padTop * rowStep + <usize>padLeft * pixelStep)
      image = canvas
    }
    for (let oy = 0; oy < outHeight; oy++) {
      const row = image + <usize>(oy * strideY) * rowStep
      let c: usize = 0
      if (square3) {
        for (; c < vectorBytes; c += 16) {
          if (strideX == 1) rowOfThreeByThree(row + c, filter + c, y + c, outWidth, rowStep, pixelStep)
          else stridedRowOfThreeByThree(
            row + c, filter + c, y + c, outWidth, <usize>strideX * pixelStep, rowStep, pixelStep,
          )
        }
      }
      for (let ox = 0; ox < outWidth; ox++) {
        const patch = row + <usize>(ox * strideX) * pixelStep
        for (let k = c; k < vectorBytes; k += 16) {
          let sum = f32x4.splat(0)
          let weights = filter + k
          for (let i = 0; i < filterHeight; i++) {
            let a = patch + <usize>i * rowStep + k
            for (let j = 0; j < filterWidth; j++) {
              sum = multiplyAdd(v128.load(a), v128.load(weights), sum)
              a += pixelStep
              weights += pixelStep
            }
          }
          v128.store(y + k, sum)
        }
        for (let k = vectorBytes; k < pixelStep; k += 4) {
          let sum: f32 = 0
          let weights = filter + k
          for (let i = 0; i < filterHeight; i++) {
            let a = patch + <usize>i * rowStep + k
            for (let j = 0; j < filterWidth; j++) {
              sum += load<f32>(a) * load<f32>(weights)
              a += pixelStep
              weights += pixelStep
            }
          }
          store<f32>(y + k, sum)
        }
        y += pixelStep
      }
    }
  }
}

/**
 * One output row of four channels. The nine filter vectors and three running sums stay in registers: each
 * column of pixels is loaded once, for the three outputs that it is part of.
 */
function rowOfThreeByThree(
  x: usize, filter: usize, y: usize, outWidth: i32, rowStep: usize, pixelStep: usize,
): void {
  const w00 = v128.load(filter)
  const w01 = v128.load(filter + pixelStep)
  const w02 = v128.load(filter + 2 * pixelStep)
  const w10 = v128.load(filter + 3 * pixelStep)
  const w11 = v128.load(filter + 4 * pixelStep)
  const w12 = v128.load(filter + 5 * pixelStep)
  const w20 = v128.load(filter + 6 * pixelStep)
  const w21 = v128.load(filter + 7 * pixelStep)
  const w22 = v128.load(filter + 8 * pixelStep)
  // Of the outputs whose first and whose second column comes next.
  let next = f32x4.splat(0)
  let current = next
  for (let column = -2; column < outWidth; column++) {
    let pixel = v128.load(x)
    let done = multiplyAdd(pixel, w02, current)
    current = multiplyAdd(pixel, w01, next)
    next = f32x4.mul(pixel, w00)
    pixel = v128.load(x + rowStep)
    done = multiplyAdd(pixel, w12, done)
    current = multiplyAdd(pixel, w11, current)
    next = multiplyAdd(pixel, w10, next)
    pixel = v128.load(x + 2 * rowStep)
    done = multiplyAdd(pixel, w22, done)
    current = multiplyAdd(pixel, w21, current)
    next = multiplyAdd(pixel, w20, next)
    if (column >= 0) {
      v128.store(y, done)
      y += pixelStep
    }
    x += pixelStep
  }
}

/** The same where outputs lie apart. */
function stridedRowOfThreeByThree(
  x: usize, filter: usize, y: usize, outWidth: i32, strideBytes: usize, rowStep: usize,
  pixelStep: usize,
): void {
  const w00 = v128.load(filter)
  const w01 = v128.load(filter + pixelStep)
  const w02 = v128.load(filter + 2 * pixelStep)
  const w10 = v128.load(filter + 3 * pixelStep)
  const w11 = v128.load(filter + 4 * pixelStep)
  const w12 = v128.load(filter + 5 * pixelStep)
  const w20 = v128.load(filter + 6 * pixelStep)
  const w21 = v128.load(filter + 7 * pixelStep)
  const w22 = v128.load(filter + 8 * pixelStep)
  for (let k = 0; k < outWidth; k++) {
    const middle = x + rowStep
    const bottom = middle + rowStep
    let sum = f32x4.mul(v128.load(x), w00)
    sum = multiplyAdd(v128.load(x + pixelStep), w01, sum)
    sum = multiplyAdd(v128.load(x + 2 * pixelStep), w02, sum)
    sum = multiplyAdd(v128.load(middle), w10, sum)
    sum = multiplyAdd(v128.load(middle + pixelStep), w11, sum)
    sum = multiplyAdd(v128.load(middle + 2 * pixelStep), w12, sum)
    sum = multiplyAdd(v128.load(bottom), w20, sum)
    sum = multiplyAdd(v128.load(bottom + pixelStep), w21, sum)
    sum = multiplyAdd(v128.load(bottom + 2 * pixelStep), w22, sum)
    v128.store(y, sum)
    x += strideBytes
    y += pixelStep
  }
}

/** dFilter[i, j, c] = sum over pixels of x[y * strideY + i, x * strideX + j, c] * dy[y, x, c]. */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dFilter: usize, canvas: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32, canvasHeight: i32, canvasWidth: i32,
): void {
  const pixelStep = <usize>channels << 2
  const rowStep = <usize>canvasWidth * pixelStep
  const rowBytes = <usize>width * pixelStep
  const strideBytes = <usize>strideX * pixelStep
  const vectorBytes = <usize>(channels & ~3) << 2
  const square3 = filterHeight == 3 && filterWidth == 3
  const padded = canvasHeight != height || canvasWidth != width
  if (padded) memory.fill(canvas, 0, <usize>canvasHeight * rowStep)
  memory.fill(dFilter, 0, <usize>(filterHeight * filterWidth) * pixelStep)
  const strip = <i32>max(1, STRIP_BYTES / (<usize>strideY * rowStep + <usize>outWidth * pixelStep))
  for (let n = 0; n < batch; n++) {
    let image = x + <usize>(n * height) * rowBytes
    if (padded) {
      place(image, canvas, height, rowBytes, rowStep, <usize>padTop * rowStep + <usize>padLeft * pixelStep)
      image = canvas
    }
    const dyImage = dy + <usize>(n * outHeight * outWidth) * pixelStep
    if (square3) {
      for (let oy = 0; oy < outHeight; oy += strip) {
        const rows = min(strip, outHeight - oy)
        const first = image + <usize>(oy * strideY) * rowStep
        const dyFirst = dyImage + <usize>(oy * outWidth) * pixelStep
        for (let c: usize = 0; c < vectorBytes; c += 16) {
          if (strideX == 1) nineTaps(
            first + c, dyFirst + c, dFilter + c, rows, outWidth, <usize>strideY * rowStep, rowStep,
            pixelStep,
          )
          else stridedNineTaps(
            first + c, dyFirst + c, dFilter + c, rows, outWidth, <usize>strideY * rowStep, rowStep,
            strideBytes, pixelStep,
          )
        }
      }
    }
    for (let oy = 0; oy < outHeight; oy++) {
      const dyRow = dyImage + <usize>(oy * outWidth) * pixelStep
      for (let i = 0; i < filterHeight; i++) {
        const row = image + <usize>(oy * strideY + i) * rowStep
        for (let j = 0; j < filterWidth; j++) {
          const a = row + <usize>j * pixelStep
          const target = dFilter + <usize>(i * filterWidth + j) * pixelStep
          for (let c: usize = square3 ? vectorBytes : 0; c < vectorBytes; c += 16) {
            oneTap(a + c, dyRow + c, target + c, outWidth, strideBytes, pixelStep)
          }
          for (let c = vectorBytes; c < pixelStep; c += 4) {
            oneTapOfOne(a + c, dyRow + c, target + c, outWidth, strideBytes, pixelStep)
          }
        }
      }
    }
  }
}

/**
 * All taps of a 3 x 3 filter, four channels, some rows. The nine sums and the last three dy stay in registers: each
 * column of pixels is loaded once, for the three outputs that it is part of.
 */
function nineTaps(
  x: usize, dy: usize, target: usize, rows: i32, columns: i32, outRowStep: usize, rowStep: usize,
  pixelStep: usize,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00, sum02 = sum00
  let sum10 = sum00, sum11 = sum00, sum12 = sum00
  let sum20 = sum00, sum21 = sum00, sum22 = sum00
  for (let row = 0; row < rows; row++) {
    let at = x + <usize>row * outRowStep
    let d0 = f32x4.splat(0), d1 = d0, d2 = d0
    for (let column = 0; column < columns + 2; column++) {
      d2 = d1
      d1 = d0
      if (column < columns) {
        d0 = v128.load(dy)
        dy += pixelStep
      } else d0 = f32x4.splat(0)
      let pixel = v128.load(at)
      sum00 = multiplyAdd(pixel, d0, sum00)
      sum01 = multiplyAdd(pixel, d1, sum01)
      sum02 = multiplyAdd(pixel, d2, sum02)
      pixel = v128.load(at + rowStep)
      sum10 = multiplyAdd(pixel, d0, sum10)
      sum11 = multiplyAdd(pixel, d1, sum11)
      sum12 = multiplyAdd(pixel, d2, sum12)
      pixel = v128.load(at + 2 * rowStep)
      sum20 = multiplyAdd(pixel, d0, sum20)
      sum21 = multiplyAdd(pixel, d1, sum21)
      sum22 = multiplyAdd(pixel, d2, sum22)
      at += pixelStep
    }
  }
  addNine(target, pixelStep, sum00, sum01, sum02, sum10, sum11, sum12, sum20, sum21, sum22)
}

/** The same where outputs lie apart. */
function stridedNineTaps(
  x: usize, dy: usize, target: usize, rows: i32, columns: i32, outRowStep: usize, rowStep: usize,
  strideBytes: usize, pixelStep: usize,
): void {
  let sum00 = f32x4.splat(0), sum01 = sum00, sum02 = sum00
  let sum10 = sum00, sum11 = sum00, sum12 = sum00
  let sum20 = sum00, sum21 = sum00, sum22 = sum00
  for (let row = 0; row < rows; row++) {
    let top = x + <usize>row * outRowStep
    for (let k = 0; k < columns; k++) {
      const middle = top + rowStep
      const bottom = middle + rowStep
      const d = v128.load(dy)
      sum00 = multiplyAdd(v128.load(top), d, sum00)
      sum01 = multiplyAdd(v128.load(top + pixelStep), d, sum01)
      sum02 = multiplyAdd(v128.load(top + 2 * pixelStep), d, sum02)
      sum10 = multiplyAdd(v128.load(middle), d, sum10)
      sum11 = multiplyAdd(v128.load(middle + pixelStep), d, sum11)
      sum12 = multiplyAdd(v128.load(middle + 2 * pixelStep), d, sum12)
      sum20 = multiplyAdd(v128.load(bottom), d, sum20)
      sum21 = multiplyAdd(v128.load(bottom + pixelStep), d, sum21)
      sum22 = multiplyAdd(v128.load(bottom + 2 * pixelStep), d, sum22)
      top += strideBytes
      dy += pixelStep
    }
  }
  addNine(target, pixelStep, sum00, sum01, sum02, sum10, sum11, sum12, sum20, sum21, sum22)
}

@inline
function addNine(
  target: usize, pixelStep: usize, sum00: v128, sum01: v128, sum02: v128, sum10: v128, sum11: v128,
  sum12: v128, sum20: v128, sum21: v128, sum22: v128,
): void {
  addTo(target, sum00)
  addTo(target + pixelStep, sum01)
  addTo(target + 2 * pixelStep, sum02)
  addTo(target + 3 * pixelStep, sum10)
  addTo(target + 4 * pixelStep, sum11)
  addTo(target + 5 * pixelStep, sum12)
  addTo(target + 6 * pixelStep, sum20)
  addTo(target + 7 * pixelStep, sum21)
  addTo(target + 8 * pixelStep, sum22)
}

/** One tap of four channels along one row. */
function oneTap(
  x: usize, dy: usize, target: usize, columns: i32, strideBytes: usize, pixelStep: usize,
): void {
  let sum = f32x4.splat(0)
  for (let k = 0; k < columns; k++) {
    sum = multiplyAdd(v128.load(x), v128.load(dy), sum)
    x += strideBytes
    dy += pixelStep
  }
  addTo(target, sum)
}

/** One tap of one channel along one row. */
function oneTapOfOne(
  x: usize, dy: usize, target: usize, columns: i32, strideBytes: usize, pixelStep: usize,
): void {
  let sum: f32 = 0
  for (let k = 0; k < columns; k++) {
    sum += load<f32>(x) * load<f32>(dy)
    x += strideBytes
    dy += pixelStep
  }
  addScalarTo(target, sum)
}

/**
 * dx[y, x, c] = sum over (i, j) of dy[(y + padTop - i) / strideY, (x + padLeft - j) / strideX, c] *
 * filter[i, j, c], over the taps for which both quotients are whole and inside dy.
 */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32,
  padTop: i32, padLeft: i32,
): void {
  const pixelStep = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        memory.fill(dx, 0, pixelStep)
        // The first tap that meets this row, then every strideY-th.
        for (let i = (y + padTop) % strideY; i < filterHeight; i += strideY) {
          const oy = (y + padTop - i) / strideY
          if (y + padTop < i || oy >= outHeight) continue
          for (let j = (x + padLeft) % strideX; j < filterWidth; j += strideX) {
            const ox = (x + padLeft - j) / strideX
            if (x + padLeft < j || ox >= outWidth) continue
            const d = dy + <usize>((n * outHeight + oy) * outWidth + ox) * pixelStep
            const weights = filter + <usize>(i * filterWidth + j) * pixelStep
            let c: usize = 0
            for (; c < vectorBytes; c += 16) {
              addTo(dx + c, f32x4.mul(v128.load(d + c), v128.load(weights + c)))
            }
            for (; c < pixelStep; c += 4) {
              addScalarTo(dx + c, load<f32>(d + c) * load<f32>(weights + c))
            }
          }
        }
        dx += pixelStep
      }
    }
  }
}
