// Gradient of a depthwise convolution for its input; see depthwise-row.ts for the layout.

import { convolveImages } from './depthwise-forward'
import { pixelOrZero, rowOrBlank } from './depthwise-row'
import { addScalarTo, addTo, multiplyAdd } from './simd'

/**
 * dx[y, x, c] = sum over (i, j) of dy[(y + padTop - i) / strideY, (x + padLeft - j) / strideX, c] *
 * filter[i, j, c], over the taps for which both quotients are whole and inside dy. `blank` has room for a
 * row of dy and four bytes.
 */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, blank: usize, batch: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideY: i32,
  strideX: i32, padTop: i32, padLeft: i32,
): void {
  const pixelBytes = <usize>channels << 2
  if (strideY == 1 && strideX == 1) {
    // With stride one it is a convolution with the filter turned by half a circle.
    const last = filter + <usize>(filterHeight * filterWidth - 1) * pixelBytes
    convolveImages(
      dy, last, 0 - pixelBytes, dx, blank, batch, outHeight, outWidth, channels, height, width,
      filterHeight, filterWidth, 1, 1, filterHeight - 1 - padTop, filterWidth - 1 - padLeft,
    )
    return
  }
  const vectorBytes = <usize>(channels & ~3) << 2
  const outRowBytes = <usize>outWidth * pixelBytes
  const twoTaps = filterHeight <= 2 * strideY && filterWidth <= 2 * strideX
  memory.fill(blank, 0, outRowBytes)
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      if (twoTaps) {
        // The two rows of dy that meet this row, by the taps i and i + strideY.
        const i = (y + padTop) % strideY
        const oy = (y + padTop) / strideY
        const missing = i >= filterHeight
        const near = missing ? blank : rowOrBlank(dy, oy, outHeight, outRowBytes, blank)
        const far = i + strideY >= filterHeight
          ? blank
          : rowOrBlank(dy, oy - 1, outHeight, outRowBytes, blank)
        const taps = filter + <usize>(missing ? 0 : i * filterWidth) * pixelBytes
        const farTaps = taps + (far == blank ? 0 : <usize>(strideY * filterWidth) * pixelBytes)
        for (let first = 0; first < min(strideX, width); first++) {
          everyStride(
            near, far, taps, farTaps, dx, width, outWidth, filterWidth, strideX, first,
            (first + padLeft) % strideX, (first + padLeft) / strideX, vectorBytes, pixelBytes,
          )
        }
      }
      for (let x = 0; x < width; x++) {
        const from: usize = twoTaps ? vectorBytes : 0
        if (from < pixelBytes) {
          onePixel(
            dy, filter, dx, outHeight, outWidth, filterHeight, filterWidth, strideY, strideX,
            y + padTop, x + padLeft, from, vectorBytes, pixelBytes,
          )
        }
        dx += pixelBytes
      }
    }
    dy += <usize>outHeight * outRowBytes
  }
}

/**
 * Every strideX-th pixel of a row from `first` on: all meet the same two columns of taps, j and j + strideX,
 * and each the column of dy after the one of the pixel before. Four channels at a time.
 */
function everyStride(
  near: usize, far: usize, taps: usize, farTaps: usize, dx: usize, width: i32, outWidth: i32,
  filterWidth: i32, strideX: i32, first: i32, j: i32, ox: i32, vectorBytes: usize, pixelBytes: usize,
): void {
  const zero = f32x4.splat(0)
  const strideBytes = <usize>strideX * pixelBytes
  const at = <usize>j * pixelBytes
  const next = at + strideBytes
  const hasTap = j < filterWidth
  const hasNext = j + strideX < filterWidth
  for (let c: usize = 0; c < vectorBytes; c += 16) {
    const w00 = hasTap ? v128.load(taps + at + c) : zero
    const w01 = hasNext ? v128.load(taps + next + c) : zero
    const w10 = hasTap ? v128.load(farTaps + at + c) : zero
    const w11 = hasNext ? v128.load(farTaps + next + c) : zero
    let before = pixelOrZero(near + c, ox - 1, outWidth, pixelBytes)
    let farBefore = pixelOrZero(far + c, ox - 1, outWidth, pixelBytes)
    let column = ox
    let to = dx + <usize>first * pixelBytes + c
    for (let x = first; x < width; x += strideX) {
      const here = pixelOrZero(near + c, column, outWidth, pixelBytes)
      const farHere = pixelOrZero(far + c, column, outWidth, pixelBytes)
      let sum = f32x4.mul(here, w00)
      sum = multiplyAdd(before, w01, sum)
      sum = multiplyAdd(farHere, w10, sum)
      sum = multiplyAdd(farBefore, w11, sum)
      v128.store(to, sum)
      before = here
      farBefore = farHere
      column += 1
      to += strideBytes
    }
  }
}

/** Any filter and stride; (y, x) is the pixel's place in the padded image. Channels from byte `from` on. */
function onePixel(
  dy: usize, filter: usize, dx: usize, outHeight: i32, outWidth: i32, filterHeight: i32,
  filterWidth: i32, strideY: i32, strideX: i32, y: i32, x: i32, from: usize, vectorBytes: usize,
  pixelBytes: usize,
): void {
  memory.fill(dx + from, 0, pixelBytes - from)
  for (let i = y % strideY; i < filterHeight; i += strideY) {
    const oy = (y - i) / strideY
    if (y < i || oy >= outHeight) continue
    for (let j = x % strideX; j < filterWidth; j += strideX) {
      const ox = (x - j) / strideX
      if (x < j || ox >= outWidth) continue
      const d = dy + <usize>(oy * outWidth + ox) * pixelBytes
      const weights = filter + <usize>(i * filterWidth + j) * pixelBytes
      let c = from
      for (; c < vectorBytes; c += 16) {
        addTo(dx + c, f32x4.mul(v128.load(d + c), v128.load(weights + c)))
      }
      for (; c < pixelBytes; c += 4) {
        addScalarTo(dx + c, load<f32>(d + c) * load<f32>(weights + c))
      }
    }
  }
}
