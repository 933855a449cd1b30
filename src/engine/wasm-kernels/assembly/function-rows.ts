// Functions of each element and of rows, with an exponential of our own: four at once, within 2 units in the last place.

/** What is made of an element; `inference/prepared.ts` names them by these numbers. */
const SIGMOID = 0
const TANH = 1
const ELU = 2
const SWISH = 3
const LEAKY = 4
const HARD_SWISH = 5
const GELU = 6
const GELU_BY_TANH = 7
const SOFTPLUS = 8
const SOFTSIGN = 9
const MISH = 10

/** e^x after Cephes: x = n ln 2 + r, and a polynomial of r. Below -87 it is 0, beyond 88 infinite; NaN stays. */
@inline
function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)))
  const r = f32x4.sub(
    f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)),
  )
  let p = f32x4.splat(1.9875691500e-4)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1))
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  const value = f32x4.mul(p, power)
  const low = f32x4.lt(x, f32x4.splat(-87.3))
  const high = f32x4.gt(x, f32x4.splat(88.3))
  return v128.bitselect(f32x4.splat(Infinity), v128.andnot(value, low), high)
}

@inline
function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x))))
}

/** Near zero the odd polynomial of Cephes, as 1 - 2 / (e^2x + 1) loses digits there. */
@inline
function tanh(x: v128): v128 {
  const twice = exponential(f32x4.mul(f32x4.abs(x), f32x4.splat(2)))
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(twice, f32x4.splat(1))))
  const z = f32x4.mul(x, x)
  let p = f32x4.splat(-5.70498872745e-3)
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1))
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x)
  const sign = v128.and(x, i32x4.splat(0x80000000))
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)))
}

/** Of Abramowitz and Stegun, 7.1.26, as that of TensorFlow.js is. */
@inline
function erf(x: v128): v128 {
  const z = f32x4.abs(x)
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.mul(z, f32x4.splat(0.3275911)), f32x4.splat(1)))
  let p = f32x4.splat(1.061405429)
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027))
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741))
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736))
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592))
  const rest = f32x4.mul(f32x4.mul(p, t), exponential(f32x4.neg(f32x4.mul(z, z))))
  return v128.or(f32x4.sub(f32x4.splat(1), rest), v128.and(x, i32x4.splat(0x80000000)))
}

@inline
function gelu(x: v128, byTanh: bool): v128 {
  let bent: v128
  if (byTanh) {
    const cube = f32x4.mul(f32x4.mul(f32x4.mul(x, x), x), f32x4.splat(0.044715))
    bent = tanh(f32x4.mul(f32x4.add(x, cube), f32x4.splat(0.7978845608028654)))
  } else bent = erf(f32x4.mul(x, f32x4.splat(0.7071067811865476)))
  return f32x4.mul(x, f32x4.mul(f32x4.add(bent, f32x4.splat(1)), f32x4.splat(0.5)))
}

/** max(x, 0) + log(1 + u), u = e^-|x|: with s = u / (2 + u) the logarithm is 2 (s + s^3 / 3 + s^5 / 5 + ...), and s at most 1/3. */
@inline
function softplus(x: v128): v128 {
  const u = exponential(f32x4.neg(f32x4.abs(x)))
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2)))
  const z = f32x4.mul(s, s)
  let p = f32x4.splat(<f32>2 / 13)
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(<f32>2 / 11))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(<f32>2 / 9))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(<f32>2 / 7))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(<f32>2 / 5))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(<f32>2 / 3))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2))
  return f32x4.add(f32x4.mul(p, s), f32x4.max(x, f32x4.splat(0)))
}

/** x tanh(log(1 + e^x)), and that is n / (n + 2) with n = e^x (e^x + 2). */
@inline
function mish(x: v128): v128 {
  // From here on it is x.
  const power = exponential(f32x4.min(x, f32x4.splat(20)))
  const n = f32x4.mul(power, f32x4.add(power, f32x4.splat(2)))
  return f32x4.mul(x, f32x4.div(n, f32x4.add(n, f32x4.splat(2))))
}

@inline
function hardSwish(x: v128): v128 {
  const open = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>1 / 6)), f32x4.splat(0.5))
  return f32x4.mul(x, f32x4.pmin(f32x4.pmax(open, f32x4.splat(0)), f32x4.splat(1)))
}

/**
 * `length` floats rounded up to fours; y may be x.
 * @param amount of what is below zero, of ELU and of the leaky ReLU
 * @param factor of all that comes of these two
 */
export function functionOfEach(x: usize, y: usize, length: i32, kind: i32, amount: f32, factor: f32): void {
  const end = x + (<usize>((length + 3) & ~3) << 2)
  const amounts = f32x4.splat(amount)
  const zero = f32x4.splat(0)
  for (; x < end; x += 16) {
    const value = v128.load(x)
    let result = value
    if (kind == SIGMOID) result = sigmoid(value)
    else if (kind == TANH) result = tanh(value)
    else if (kind == SWISH) result = f32x4.mul(value, sigmoid(value))
    else if (kind == HARD_SWISH) result = hardSwish(value)
    else if (kind == GELU) result = gelu(value, false)
    else if (kind == GELU_BY_TANH) result = gelu(value, true)
    else if (kind == SOFTPLUS) result = softplus(value)
    else if (kind == SOFTSIGN) result = f32x4.div(value, f32x4.add(f32x4.abs(value), f32x4.splat(1)))
    else if (kind == MISH) result = mish(value)
    else if (kind == ELU || kind == LEAKY) {
      const below = kind == ELU ? f32x4.sub(exponential(value), f32x4.splat(1)) : value
      const bent = v128.bitselect(f32x4.mul(below, amounts), value, f32x4.lt(value, zero))
      result = f32x4.mul(bent, f32x4.splat(factor))
    }
    v128.store(y, result)
    y += 16
  }
}

/** Each row of `columns` floats becomes its softmax; y may be x. */
export function softmaxRows(x: usize, y: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    let largest: f32 = load<f32>(x)
    for (let k = 1; k < columns; k++) largest = max(largest, load<f32>(x + (<usize>k << 2)))
    let sum: f32 = 0
    for (let k = 0; k < columns; k++) {
      const at = <usize>k << 2
      const power = f32x4.extract_lane(exponential(f32x4.splat(load<f32>(x + at) - largest)), 0)
      store<f32>(y + at, power)
      sum += power
    }
    for (let k = 0; k < columns; k++) {
      const at = <usize>k << 2
      store<f32>(y + at, load<f32>(y + at) / sum)
    }
    x += <usize>columns << 2
    y += <usize>columns << 2
  }
}

/** y = limits(x * scale + offset) with numbers of each channel. */
export function scaleRows(
  x: usize, scale: usize, offset: usize, y: usize, rows: i32, channels: i32, low: f32, high: f32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  const lows = f32x4.splat(low)
  const highs = f32x4.splat(high)
  for (let row = 0; row < rows; row++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const sum = f32x4.add(f32x4.mul(v128.load(x + c), v128.load(scale + c)), v128.load(offset + c))
      v128.store(y + c, f32x4.pmin(f32x4.pmax(sum, lows), highs))
    }
    for (; c < rowBytes; c += 4) {
      let sum = load<f32>(x + c) * load<f32>(scale + c) + load<f32>(offset + c)
      if (sum < low) sum = low
      if (sum > high) sum = high
      store<f32>(y + c, sum)
    }
    x += rowBytes
    y += rowBytes
  }
}

/** y = x, of what is below zero times a slope of each channel. */
export function bendRows(x: usize, slope: usize, y: usize, rows: i32, channels: i32): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  for (let row = 0; row < rows; row++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const value = v128.load(x + c)
      const below = f32x4.lt(value, f32x4.splat(0))
      v128.store(y + c, v128.bitselect(f32x4.mul(value, v128.load(slope + c)), value, below))
    }
    for (; c < rowBytes; c += 4) {
      const value = load<f32>(x + c)
      store<f32>(y + c, value < 0 ? value * load<f32>(slope + c) : value)
    }
    x += rowBytes
    y += rowBytes
  }
}

/** y = limits(a + b), or a * b, or the larger of both; memory behind the last is written up to fours. */
export function combineEach(
  a: usize, b: usize, y: usize, length: i32, kind: i32, low: f32, high: f32,
): void {
  const bytes = <usize>((length + 3) & ~3) << 2
  const lows = f32x4.splat(low)
  const highs = f32x4.splat(high)
  for (let k: usize = 0; k < bytes; k += 16) {
    const left = v128.load(a + k)
    const right = v128.load(b + k)
    const value =
      kind == 0 ? f32x4.add(left, right)
        : kind == 1 ? f32x4.mul(left, right)
          : kind == 2 ? f32x4.sub(left, right)
            : f32x4.pmax(left, right)
    v128.store(y + k, f32x4.pmin(f32x4.pmax(value, lows), highs))
  }
}

/** y = limits(x), rounded up to fours. */
export function limitEach(x: usize, y: usize, length: i32, low: f32, high: f32): void {
  const bytes = <usize>((length + 3) & ~3) << 2
  const lows = f32x4.splat(low)
  const highs = f32x4.splat(high)
  for (let k: usize = 0; k < bytes; k += 16) {
    v128.store(y + k, f32x4.pmin(f32x4.pmax(v128.load(x + k), lows), highs))
  }
}

/** Of each of `batch` blocks: y[i, j, k] = x at i * step0 + j * step1 + k * step2, in floats. */
export function turnEach(
  x: usize, y: usize, batch: i32, side0: i32, side1: i32, side2: i32, step0: i32, step1: i32, step2: i32,
): void {
  const blockBytes = <usize>(side0 * side1 * side2) << 2
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < side0; i++) {
      for (let j = 0; j < side1; j++) {
        let from = x + (<usize>(i * step0 + j * step1) << 2)
        for (let k = 0; k < side2; k++) {
          store<f32>(y, load<f32>(from))
          from += <usize>step2 << 2
          y += 4
        }
      }
    }
    x += blockBytes
  }
}
