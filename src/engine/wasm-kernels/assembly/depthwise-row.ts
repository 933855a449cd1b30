// What the three depthwise kernels share: one filter per channel, [batch, height, width, channels] images,
// [filterHeight, filterWidth, channels] filters. Padding is never written out: a row of pixels outside the
// image is read from `blank`, a row of zeros, and columns outside are left out.

/** Row `y` of an image, or a blank one. */
@inline
export function rowOrBlank(image: usize, y: i32, height: i32, rowBytes: usize, blank: usize): usize {
  return y >= 0 && y < height ? image + <usize>y * rowBytes : blank
}

/** Four channels of pixel `column` of a row, or zeros. */
@inline
export function pixelOrZero(row: usize, column: i32, width: i32, pixelBytes: usize): v128 {
  return column >= 0 && column < width
    ? v128.load(row + <usize>column * pixelBytes)
    : f32x4.splat(0)
}

/** First tap that meets the image, for a window that begins at `start` (negative: before the image). */
@inline
export function firstTap(start: i32, dilation: i32 = 1): i32 {
  return (max(0, -start) + dilation - 1) / dilation
}

/** One more than the last. */
@inline
export function endOfTaps(start: i32, taps: i32, size: i32, dilation: i32 = 1): i32 {
  return min(taps, (size - start + dilation - 1) / dilation)
}

/** First output of a row whose window does not begin before the image. */
@inline
export function firstInside(strideX: i32, padLeft: i32): i32 {
  return max(0, (padLeft + strideX - 1) / strideX)
}

/** One more than the last output whose window does not end behind the image; `first` if there is none. */
@inline
export function endInside(
  first: i32, width: i32, outWidth: i32, filterWidth: i32, strideX: i32, padLeft: i32,
): i32 {
  const room = width + padLeft - filterWidth
  return room < 0 ? first : min(outWidth, max(first, room / strideX + 1))
}
