// Pooling over windows, [batch, height, width, channels]; places outside do not count.

/** isMean: the mean of the places that are inside, else the largest. A window that is all outside gives 0, or the least. */
export function poolRows(
  x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32,
  outWidth: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, padTop: i32,
  padLeft: i32, isMean: bool,
): void {
  const pixelBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const rowBytes = <usize>width * pixelBytes
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(0, oy * strideY - padTop)
      const bottom = min(height, oy * strideY - padTop + windowHeight)
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(0, ox * strideX - padLeft)
        const right = min(width, ox * strideX - padLeft + windowWidth)
        const corner = x + <usize>top * rowBytes + <usize>left * pixelBytes
        const share: f32 = <f32>1 / <f32>((bottom - top) * (right - left))
        for (let c: usize = 0; c < vectorBytes; c += 16) {
          let all = isMean ? f32x4.splat(0) : v128.load(corner + c)
          for (let i = top; i < bottom; i++) {
            let at = corner + <usize>(i - top) * rowBytes + c
            for (let j = left; j < right; j++) {
              all = isMean ? f32x4.add(all, v128.load(at)) : f32x4.pmax(all, v128.load(at))
              at += pixelBytes
            }
          }
          v128.store(y + c, isMean ? f32x4.mul(all, f32x4.splat(share)) : all)
        }
        for (let c = vectorBytes; c < pixelBytes; c += 4) {
          let all: f32 = isMean ? 0 : load<f32>(corner + c)
          for (let i = top; i < bottom; i++) {
            let at = corner + <usize>(i - top) * rowBytes + c
            for (let j = left; j < right; j++) {
              const value = load<f32>(at)
              if (isMean) all += value
              else if (value > all) all = value
              at += pixelBytes
            }
          }
          store<f32>(y + c, isMean ? all * share : all)
        }
        y += pixelBytes
      }
    }
    x += <usize>height * rowBytes
  }
}

/** The 2 x 2 windows that neither overlap nor reach outside, of which the largest is taken. */
export function largestOfFour(
  x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
): void {
  const pixelBytes = <usize>channels << 2
  const rowBytes = <usize>width * pixelBytes
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      let above = x + <usize>(2 * oy) * rowBytes
      for (let ox = 0; ox < outWidth; ox++) {
        const below = above + rowBytes
        for (let c: usize = 0; c < pixelBytes; c += 16) {
          const upper = f32x4.pmax(v128.load(above + c), v128.load(above + pixelBytes + c))
          const lower = f32x4.pmax(v128.load(below + c), v128.load(below + pixelBytes + c))
          v128.store(y + c, f32x4.pmax(upper, lower))
        }
        above += 2 * pixelBytes
        y += pixelBytes
      }
    }
    x += <usize>height * rowBytes
  }
}
