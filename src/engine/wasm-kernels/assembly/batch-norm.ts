// Batch normalisation in training mode (Ioffe & Szegedy 2015) over the last axis: `rows` rows of
// `channels` floats. Statistics are biased (divided by rows), as TensorFlow.js computes them.

/** Rows summed before a partial sum is added to the total: keeps float32 rounding small. */
const CHUNK = 512

/** mean[c] and variance[c] of each column. */
export function batchNormMoments(
  x: usize, mean: usize, variance: usize, rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  let c: usize = 0
  for (; c + 16 <= rowBytes; c += 16) {
    momentsOfFour(x + c, mean + c, variance + c, rows, rowBytes)
  }
  for (; c < rowBytes; c += 4) momentsOfOne(x + c, mean + c, variance + c, rows, rowBytes)
}

/** Distances are taken from the first row, so that a large mean does not swallow the variance. */
function momentsOfFour(x: usize, mean: usize, variance: usize, rows: i32, rowBytes: usize): void {
  const origin = v128.load(x)
  let sum = f32x4.splat(0)
  let squares = sum
  for (let start = 0; start < rows; start += CHUNK) {
    const end = min(rows, start + CHUNK)
    let partSum = f32x4.splat(0)
    let partSquares = partSum
    for (let i = start; i < end; i++) {
      const distance = f32x4.sub(v128.load(x), origin)
      partSum = f32x4.add(partSum, distance)
      partSquares = f32x4.add(partSquares, f32x4.mul(distance, distance))
      x += rowBytes
    }
    sum = f32x4.add(sum, partSum)
    squares = f32x4.add(squares, partSquares)
  }
  const share = f32x4.splat(<f32>1 / <f32>rows)
  const offset = f32x4.mul(sum, share)
  const spread = f32x4.sub(f32x4.mul(squares, share), f32x4.mul(offset, offset))
  v128.store(mean, f32x4.add(origin, offset))
  v128.store(variance, f32x4.max(spread, f32x4.splat(0)))
}

function momentsOfOne(x: usize, mean: usize, variance: usize, rows: i32, rowBytes: usize): void {
  const origin = load<f32>(x)
  let sum: f64 = 0
  let squares: f64 = 0
  for (let i = 0; i < rows; i++) {
    const distance = <f64>(load<f32>(x) - origin)
    sum += distance
    squares += distance * distance
    x += rowBytes
  }
  const offset = sum / <f64>rows
  store<f32>(mean, <f32>(<f64>origin + offset))
  store<f32>(variance, <f32>max<f64>(squares / <f64>rows - offset * offset, 0))
}

/** y = (x - mean) * scale + beta, with scale = gamma / sqrt(variance + epsilon) given per channel. */
export function batchNormApply(
  x: usize, mean: usize, scale: usize, beta: usize, y: usize, rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c))
      const scaled = f32x4.mul(centred, v128.load(scale + c))
      v128.store(y + c, f32x4.add(scaled, v128.load(beta + c)))
    }
    for (; c < rowBytes; c += 4) {
      const centred = load<f32>(x + c) - load<f32>(mean + c)
      store<f32>(y + c, centred * load<f32>(scale + c) + load<f32>(beta + c))
    }
    x += rowBytes
    y += rowBytes
  }
}

/** sumDy[c] = sum of dy, sumDyX[c] = sum of dy * (x - mean). */
export function batchNormGradientSums(
  x: usize, dy: usize, mean: usize, sumDy: usize, sumDyX: usize, rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  let c: usize = 0
  for (; c + 16 <= rowBytes; c += 16) {
    gradientSumsOfFour(x + c, dy + c, mean + c, sumDy + c, sumDyX + c, rows, rowBytes)
  }
  for (; c < rowBytes; c += 4) {
    gradientSumsOfOne(x + c, dy + c, mean + c, sumDy + c, sumDyX + c, rows, rowBytes)
  }
}

function gradientSumsOfFour(
  x: usize, dy: usize, mean: usize, sumDy: usize, sumDyX: usize, rows: i32, rowBytes: usize,
): void {
  const centre = v128.load(mean)
  let total = f32x4.splat(0)
  let totalX = total
  for (let start = 0; start < rows; start += CHUNK) {
    const end = min(rows, start + CHUNK)
    let part = f32x4.splat(0)
    let partX = part
    for (let i = start; i < end; i++) {
      const d = v128.load(dy)
      part = f32x4.add(part, d)
      partX = f32x4.add(partX, f32x4.mul(d, f32x4.sub(v128.load(x), centre)))
      x += rowBytes
      dy += rowBytes
    }
    total = f32x4.add(total, part)
    totalX = f32x4.add(totalX, partX)
  }
  v128.store(sumDy, total)
  v128.store(sumDyX, totalX)
}

function gradientSumsOfOne(
  x: usize, dy: usize, mean: usize, sumDy: usize, sumDyX: usize, rows: i32, rowBytes: usize,
): void {
  const centre = load<f32>(mean)
  let total: f64 = 0
  let totalX: f64 = 0
  for (let i = 0; i < rows; i++) {
    const d = load<f32>(dy)
    total += <f64>d
    totalX += <f64>(d * (load<f32>(x) - centre))
    x += rowBytes
    dy += rowBytes
  }
  store<f32>(sumDy, <f32>total)
  store<f32>(sumDyX, <f32>totalX)
}

/**
 * dx = scale * (dy - shift - (x - mean) * slope). With R rows the caller passes
 * shift = sumDy / R and slope = sumDyX / R / (variance + epsilon).
 */
export function batchNormInputGradient(
  x: usize, dy: usize, mean: usize, scale: usize, shift: usize, slope: usize, dx: usize,
  rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  const vectorBytes = <usize>(channels & ~3) << 2
  for (let i = 0; i < rows; i++) {
    let c: usize = 0
    for (; c < vectorBytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c))
      const along = f32x4.mul(centred, v128.load(slope + c))
      const rest = f32x4.sub(f32x4.sub(v128.load(dy + c), v128.load(shift + c)), along)
      v128.store(dx + c, f32x4.mul(rest, v128.load(scale + c)))
    }
    for (; c < rowBytes; c += 4) {
      const along = (load<f32>(x + c) - load<f32>(mean + c)) * load<f32>(slope + c)
      const rest = load<f32>(dy + c) - load<f32>(shift + c) - along
      store<f32>(dx + c, rest * load<f32>(scale + c))
    }
    x += rowBytes
    dy += rowBytes
    dx += rowBytes
  }
}
