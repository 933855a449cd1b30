// One pass over an array.

import { clipped, clippedOne, within } from './simd'

/** output = values + bias per row of `channels` floats, kept between `least` and `most`. */
export function addBias(
  values: usize, bias: usize, output: usize, rows: i32, channels: i32, least: f32, most: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const lowest = f32x4.splat(least)
  const highest = f32x4.splat(most)
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const sum = f32x4.add(v128.load(values + c), v128.load(bias + c))
      v128.store(output + c, clipped(sum, lowest, highest))
    }
    for (; c < rowBytes; c += 4) {
      store<f32>(output + c, clippedOne(load<f32>(values + c) + load<f32>(bias + c), least, most))
    }
    values += rowBytes
    output += rowBytes
  }
}

/** moved = average - (average - value) * share, rounded after each operation. */
export function movingAverage(average: usize, value: usize, moved: usize, length: i32, share: f32): void {
  const bytes = <usize>length << 2
  const vectorBytes = <usize>(length & ~3) << 2
  const shares = f32x4.splat(share)
  let k: usize = 0
  for (; k < vectorBytes; k += 16) {
    const old = v128.load(average + k)
    const way = f32x4.mul(f32x4.sub(old, v128.load(value + k)), shares)
    v128.store(moved + k, f32x4.sub(old, way))
  }
  for (; k < bytes; k += 4) {
    const old = load<f32>(average + k)
    store<f32>(moved + k, old - (old - load<f32>(value + k)) * share)
  }
}

/** sum = a + b, or 0 where that is negative. */
export function addRelu(a: usize, b: usize, sum: usize, length: i32): void {
  const bytes = <usize>length << 2
  const vectorBytes = <usize>(length & ~3) << 2
  const zero = f32x4.splat(0)
  let k: usize = 0
  for (; k < vectorBytes; k += 16) {
    v128.store(sum + k, f32x4.max(f32x4.add(v128.load(a + k), v128.load(b + k)), zero))
  }
  for (; k < bytes; k += 4) {
    store<f32>(sum + k, max<f32>(load<f32>(a + k) + load<f32>(b + k), 0))
  }
}

/** dx = dy where y lies between the ends, else 0: y is what was kept between them, before or after. */
export function clipGradient(
  y: usize, dy: usize, dx: usize, length: i32, least: f32, most: f32,
): void {
  const bytes = <usize>length << 2
  const vectorBytes = <usize>(length & ~3) << 2
  const lowest = f32x4.splat(least)
  const highest = f32x4.splat(most)
  let k: usize = 0
  for (; k < vectorBytes; k += 16) {
    v128.store(dx + k, v128.and(v128.load(dy + k), within(v128.load(y + k), lowest, highest)))
  }
  for (; k < bytes; k += 4) {
    const value = load<f32>(y + k)
    store<f32>(dx + k, value > least && value < most ? load<f32>(dy + k) : 0)
  }
}

/**
 * One step of Adam (Kingma & Ba 2015). Both moments are updated in place; the new weights go to
 * `updated`, because the backend caches packed copies of weight memory and must see a new tensor.
 * correction1 = 1 / (1 - beta1^t), correction2 = 1 / (1 - beta2^t).
 */
export function adamStep(
  weights: usize, gradient: usize, firstMoment: usize, secondMoment: usize, updated: usize,
  length: i32, beta1: f32, beta2: f32, correction1: f32, correction2: f32,
  learningRate: f32, epsilon: f32,
): void {
  const bytes = <usize>length << 2
  const vectorBytes = <usize>(length & ~3) << 2
  const rate = learningRate * correction1
  const beta1s = f32x4.splat(beta1)
  const beta2s = f32x4.splat(beta2)
  const fresh1 = f32x4.splat(1 - beta1)
  const fresh2 = f32x4.splat(1 - beta2)
  const rates = f32x4.splat(rate)
  const correction2s = f32x4.splat(correction2)
  const epsilons = f32x4.splat(epsilon)
  let k: usize = 0
  for (; k < vectorBytes; k += 16) {
    const g = v128.load(gradient + k)
    const m = f32x4.add(f32x4.mul(v128.load(firstMoment + k), beta1s), f32x4.mul(g, fresh1))
    const g2 = f32x4.mul(g, g)
    const v = f32x4.add(f32x4.mul(v128.load(secondMoment + k), beta2s), f32x4.mul(g2, fresh2))
    v128.store(firstMoment + k, m)
    v128.store(secondMoment + k, v)
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, correction2s)), epsilons)
    const step = f32x4.div(f32x4.mul(m, rates), root)
    v128.store(updated + k, f32x4.sub(v128.load(weights + k), step))
  }
  for (; k < bytes; k += 4) {
    const g = load<f32>(gradient + k)
    const m = load<f32>(firstMoment + k) * beta1 + g * (1 - beta1)
    const v = load<f32>(secondMoment + k) * beta2 + g * g * (1 - beta2)
    store<f32>(firstMoment + k, m)
    store<f32>(secondMoment + k, v)
    const step = (m * rate) / (sqrt<f32>(v * correction2) + epsilon)
    store<f32>(updated + k, load<f32>(weights + k) - step)
  }
}
