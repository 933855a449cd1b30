// Gradients of 2-D pooling. Images are [batch, height, width, channels].

import { addScalarTo, addTo } from './simd'

/**
 * Max pooling, any window: each output's gradient goes to the first largest input of its window.
 * dx is zeroed here.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, windowHeight: i32, windowWidth: i32,
  strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
): void {
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2)
  const vectorChannels = channels & ~3
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(0, oy * strideY - padTop)
      const bottom = min(height, oy * strideY - padTop + windowHeight)
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(0, ox * strideX - padLeft)
        const right = min(width, ox * strideX - padLeft + windowWidth)
        let c = 0
        for (; c < vectorChannels; c += 4) {
          let largest = f32x4.splat(-Infinity)
          let where = i32x4.splat(-1)
          for (let y = top; y < bottom; y++) {
            let index = ((n * height + y) * width + left) * channels + c
            for (let k = left; k < right; k++) {
              const value = v128.load(x + (<usize>index << 2))
              const larger = f32x4.gt(value, largest)
              largest = v128.bitselect(value, largest, larger)
              where = v128.bitselect(i32x4.splat(index), where, larger)
              index += channels
            }
          }
          scatter(dx, i32x4.extract_lane(where, 0), load<f32>(dy))
          scatter(dx + 4, i32x4.extract_lane(where, 1), load<f32>(dy, 4))
          scatter(dx + 8, i32x4.extract_lane(where, 2), load<f32>(dy, 8))
          scatter(dx + 12, i32x4.extract_lane(where, 3), load<f32>(dy, 12))
          dy += 16
        }
        for (; c < channels; c++) {
          let largest: f32 = -Infinity
          let where = -1
          for (let y = top; y < bottom; y++) {
            let index = ((n * height + y) * width + left) * channels + c
            for (let k = left; k < right; k++) {
              const value = load<f32>(x + (<usize>index << 2))
              if (value > largest) {
                largest = value
                where = index
              }
              index += channels
            }
          }
          scatter(dx, where, load<f32>(dy))
          dy += 4
        }
      }
    }
  }
}

/** A window of nothing but NaN has no largest input (index -1) and passes no gradient. */
@inline
function scatter(dx: usize, index: i32, value: f32): void {
  if (index >= 0) addScalarTo(dx + (<usize>index << 2), value)
}

/**
 * The same for windows that neither overlap nor reach outside: every input is written exactly once,
 * without a scatter.
 */
export function maxPoolGradientDisjoint(
  x: usize, dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, windowHeight: i32, windowWidth: i32,
): void {
  const coversAll = outHeight * windowHeight == height && outWidth * windowWidth == width
  if (!coversAll) memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2)
  const pixelStep = <usize>channels << 2
  const rowStep = <usize>width * pixelStep
  const vectorBytes = <usize>(channels & ~3) << 2
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const corner =
          <usize>(n * height + oy * windowHeight) * rowStep + <usize>(ox * windowWidth) * pixelStep
        for (let c: usize = 0; c < vectorBytes; c += 16) {
          let largest = f32x4.splat(-Infinity)
          for (let i = 0; i < windowHeight; i++) {
            let at = corner + <usize>i * rowStep + c
            for (let j = 0; j < windowWidth; j++) {
              largest = f32x4.max(largest, v128.load(x + at))
              at += pixelStep
            }
          }
          // The gradient is handed to the first input that equals the maximum, then is spent.
          let unspent = v128.load(dy + c)
          for (let i = 0; i < windowHeight; i++) {
            let at = corner + <usize>i * rowStep + c
            for (let j = 0; j < windowWidth; j++) {
              const hit = f32x4.eq(largest, v128.load(x + at))
              v128.store(dx + at, v128.and(unspent, hit))
              unspent = v128.andnot(unspent, hit)
              at += pixelStep
            }
          }
        }
        for (let c = vectorBytes; c < pixelStep; c += 4) {
          let largest: f32 = -Infinity
          for (let i = 0; i < windowHeight; i++) {
            let at = corner + <usize>i * rowStep + c
            for (let j = 0; j < windowWidth; j++) {
              largest = max(largest, load<f32>(x + at))
              at += pixelStep
            }
          }
          let unspent = load<f32>(dy + c)
          for (let i = 0; i < windowHeight; i++) {
            let at = corner + <usize>i * rowStep + c
            for (let j = 0; j < windowWidth; j++) {
              const hit = load<f32>(x + at) == largest
              store<f32>(dx + at, hit ? unspent : 0)
              if (hit) unspent = 0
              at += pixelStep
            }
          }
        }
        dy += pixelStep
      }
    }
  }
}

/**
 * Average pooling: each output's gradient is shared equally by the inputs its window really covers,
 * which is the adjoint of the forward pass (padding is not counted). dx is zeroed here.
 */
export function averagePoolGradient(
  dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, windowHeight: i32, windowWidth: i32,
  strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
): void {
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2)
  const pixelStep = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(0, oy * strideY - padTop)
      const bottom = min(height, oy * strideY - padTop + windowHeight)
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(0, ox * strideX - padLeft)
        const right = min(width, ox * strideX - padLeft + windowWidth)
        const share = <f32>1 / <f32>((bottom - top) * (right - left))
        const shares = f32x4.splat(share)
        for (let y = top; y < bottom; y++) {
          let at = dx + <usize>((n * height + y) * width + left) * pixelStep
          for (let k = left; k < right; k++) {
            let c: usize = 0
            for (; c < vectorBytes; c += 16) addTo(at + c, f32x4.mul(v128.load(dy + c), shares))
            for (; c < pixelStep; c += 4) addScalarTo(at + c, load<f32>(dy + c) * share)
            at += pixelStep
          }
        }
        dy += pixelStep
      }
    }
  }
}
