// Gradient of a depthwise convolution for its input; see depthwise-row.ts for the layout.

import { convolveImages } from './depthwise-forward'
import { pixelOrZero } from './depthwise-row'
import { addScalarTo, addTo, multiplyAdd } from './simd'

/** Bytes of channels from which on it pays to go through each pixel by itself. */
const WIDE: usize = 48 * 4

/**
 * dx[y, x, c] = sum over (i, j) of dy[(y + padTop - i) / strideY, (x + padLeft - j) / strideX, c] *
 * filter[i, j, c], over the taps for which both quotients are whole and inside dy. `blank` has room for a
 * row of dy.
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
  const isWide = vectorBytes >= WIDE
  memory.fill(blank, 0, outRowBytes)
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      // The rows of dy that meet this row, by the taps i and i + strideY, as far as there are such.
      const i = (y + padTop) % strideY
      const oy = (y + padTop) / strideY
      const hasNear = i < filterHeight && oy < outHeight
      const hasFar = i + strideY < filterHeight && oy > 0 && oy <= outHeight
      const near = dy + <usize>oy * outRowBytes
      const taps = filter + <usize>(i * filterWidth) * pixelBytes
      if (twoTaps && !isWide) {
        const farTaps = hasFar ? taps + <usize>(strideY * filterWidth) * pixelBytes : filter
        for (let first = 0; first < min(strideX, width); first++) {
          everyStride(
            hasNear ? near : blank, hasFar ? near - outRowBytes : blank, hasNear ? taps : filter, farTaps, dx,
            width, outWidth, filterWidth, strideX, first, (first + padLeft) % strideX,
            (first + padLeft) / strideX, vectorBytes, pixelBytes,
          )
        }
      }
      for (let x = 0; x < width; x++) {
        if (twoTaps && isWide) {
          wholeVectors(
            near, outRowBytes, hasNear, hasFar, taps, <usize>(strideY * filterWidth) * pixelBytes, dx,
            (x + padLeft) % strideX, (x + padLeft) / strideX, outWidth, filterWidth, strideX, vectorBytes,
            pixelBytes,
          )
        }
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

/**
 * One pixel, the taps j and j + strideX of both rows as far as they meet dy; whole vectors of channels. Memory is written
 * in its order: a processor fetches it ahead by itself.
 */
@inline
function wholeVectors(
  near: usize, outRowBytes: usize, hasNear: bool, hasFar: bool, taps: usize, farTaps: usize, dx: usize,
  j: i32, ox: i32, outWidth: i32, filterWidth: i32, strideX: i32, vectorBytes: usize, pixelBytes: usize,
): void {
  const hasHere = j < filterWidth && ox < outWidth
  const hasBefore = j + strideX < filterWidth && ox > 0 && ox <= outWidth
  const here = <usize>ox * pixelBytes
  const tapHere = <usize>j * pixelBytes
  const tapBefore = tapHere + <usize>strideX * pixelBytes
  const far = near - outRowBytes
  let started = false
  if (hasNear) {
    const row = taps
    if (hasHere && hasBefore) {
      twoTapsOf(near + here, row + tapHere, near + here - pixelBytes, row + tapBefore, dx, vectorBytes, false)
    } else if (hasHere) oneTapOf(near + here, row + tapHere, dx, vectorBytes, false)
    else if (hasBefore) oneTapOf(near + here - pixelBytes, row + tapBefore, dx, vectorBytes, false)
    started = hasHere || hasBefore
  }
  if (hasFar) {
    const row = taps + farTaps
    if (hasHere && hasBefore) {
      twoTapsOf(far + here, row + tapHere, far + here - pixelBytes, row + tapBefore, dx, vectorBytes, started)
    } else if (hasHere) oneTapOf(far + here, row + tapHere, dx, vectorBytes, started)
    else if (hasBefore) oneTapOf(far + here - pixelBytes, row + tapBefore, dx, vectorBytes, started)
    started = started || hasHere || hasBefore
  }
  if (!started) memory.fill(dx, 0, vectorBytes)
}

/** dx = d * tap, or more by that. */
function oneTapOf(d: usize, tap: usize, dx: usize, bytes: usize, more: bool): void {
  if (more) {
    for (let c: usize = 0; c < bytes; c += 16) {
      v128.store(dx + c, multiplyAdd(v128.load(d + c), v128.load(tap + c), v128.load(dx + c)))
    }
    return
  }
  for (let c: usize = 0; c < bytes; c += 16) {
    v128.store(dx + c, f32x4.mul(v128.load(d + c), v128.load(tap + c)))
  }
}

/** The same with two taps, the first one first. */
function twoTapsOf(
  d0: usize, tap0: usize, d1: usize, tap1: usize, dx: usize, bytes: usize, more: bool,
): void {
  if (more) {
    for (let c: usize = 0; c < bytes; c += 16) {
      const sum = multiplyAdd(v128.load(d0 + c), v128.load(tap0 + c), v128.load(dx + c))
      v128.store(dx + c, multiplyAdd(v128.load(d1 + c), v128.load(tap1 + c), sum))
    }
    return
  }
  for (let c: usize = 0; c < bytes; c += 16) {
    const sum = f32x4.mul(v128.load(d0 + c), v128.load(tap0 + c))
    v128.store(dx + c, multiplyAdd(v128.load(d1 + c), v128.load(tap1 + c), sum))
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
