// Batch normalisation in training mode (Ioffe & Szegedy 2015) over the last axis: `rows` rows of
// `channels` floats. Statistics are biased (divided by rows), as TensorFlow.js computes them.

/** Rows summed before a partial sum is added to the total: keeps float32 rounding small. */
const CHUNK = 512
/** Bytes of a cache line: sixteen channels. */
const LINE: usize = 64

/** mean[c] and variance[c] of each column. */
export function batchNormMoments(
  x: usize, mean: usize, variance: usize, rows: i32, channels: i32,
): void {
  const rowBytes = <usize>channels << 2
  let c: usize = 0
  for (; c + LINE <= rowBytes; c += LINE) {
    momentsOfSixteen(x + c, mean + c, variance + c, rows, rowBytes)
  }
  for (; c + 16 <= rowBytes; c += 16) {
    momentsOfFour(x + c, mean + c, variance + c, rows, rowBytes)
  }
  for (; c < rowBytes; c += 4) momentsOfOne(x + c, mean + c, variance + c, rows, rowBytes)
}

/** As `momentsOfFour`, a whole cache line at a time: narrower columns would load each line again. */
function momentsOfSixteen(
  x: usize, mean: usize, variance: usize, rows: i32, rowBytes: usize,
): void {
  const origin0 = v128.load(x)
  const origin1 = v128.load(x, 16)
  const origin2 = v128.load(x, 32)
  const origin3 = v128.load(x, 48)
  let sum0 = f32x4.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0
  let squares0 = sum0, squares1 = sum0, squares2 = sum0, squares3 = sum0
  for (let start = 0; start < rows; start += CHUNK) {
    const end = min(rows, start + CHUNK)
    let part0 = f32x4.splat(0), part1 = part0, part2 = part0, part3 = part0
    let partSquares0 = part0, partSquares1 = part0, partSquares2 = part0, partSquares3 = part0
    for (let i = start; i < end; i++) {
      const distance0 = f32x4.sub(v128.load(x), origin0)
      const distance1 = f32x4.sub(v128.load(x, 16), origin1)
      const distance2 = f32x4.sub(v128.load(x, 32), origin2)
      const distance3 = f32x4.sub(v128.load(x, 48), origin3)
      part0 = f32x4.add(part0, distance0)
      part1 = f32x4.add(part1, distance1)
      part2 = f32x4.add(part2, distance2)
      part3 = f32x4.add(part3, distance3)
      partSquares0 = f32x4.add(partSquares0, f32x4.mul(distance0, distance0))
      partSquares1 = f32x4.add(partSquares1, f32x4.mul(distance1, distance1))
      partSquares2 = f32x4.add(partSquares2, f32x4.mul(distance2, distance2))
      partSquares3 = f32x4.add(partSquares3, f32x4.mul(distance3, distance3))
      x += rowBytes
    }
    sum0 = f32x4.add(sum0, part0)
    sum1 = f32x4.add(sum1, part1)
    sum2 = f32x4.add(sum2, part2)
    sum3 = f32x4.add(sum3, part3)
    squares0 = f32x4.add(squares0, partSquares0)
    squares1 = f32x4.add(squares1, partSquares1)
    squares2 = f32x4.add(squares2, partSquares2)
    squares3 = f32x4.add(squares3, partSquares3)
  }
  const share = f32x4.splat(<f32>1 / <f32>rows)
  storeMoments(mean, variance, origin0, sum0, squares0, share)
  storeMoments(mean + 16, variance + 16, origin1, sum1, squares1, share)
  storeMoments(mean + 32, variance + 32, origin2, sum2, squares2, share)
  storeMoments(mean + 48, variance + 48, origin3, sum3, squares3, share)
}

@inline
function storeMoments(
  mean: usize, variance: usize, origin: v128, sum: v128, squares: v128, share: v128,
): void {
  const offset = f32x4.mul(sum, share)
  const spread = f32x4.sub(f32x4.mul(squares, share), f32x4.mul(offset, offset))
  v128.store(mean, f32x4.add(origin, offset))
  v128.store(variance, f32x4.max(spread, f32x4.splat(0)))
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
  storeMoments(mean, variance, origin, sum, squares, f32x4.splat(<f32>1 / <f32>rows))
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
  for (; c + LINE <= rowBytes; c += LINE) {
    gradientSumsOfSixteen(x + c, dy + c, mean + c, sumDy + c, sumDyX + c, rows, rowBytes)
  }
  for (; c + 16 <= rowBytes; c += 16) {
    gradientSumsOfFour(x + c, dy + c, mean + c, sumDy + c, sumDyX + c, rows, rowBytes)
  }
  for (; c < rowBytes; c += 4) {
    gradientSumsOfOne(x + c, dy + c, mean + c, sumDy + c, sumDyX + c, rows, rowBytes)
  }
}

/** As `gradientSumsOfFour`, a whole cache line at a time. */
function gradientSumsOfSixteen(
  x: usize, dy: usize, mean: usize, sumDy: usize, sumDyX: usize, rows: i32, rowBytes: usize,
): void {
  const centre0 = v128.load(mean)
  const centre1 = v128.load(mean, 16)
  const centre2 = v128.load(mean, 32)
  const centre3 = v128.load(mean, 48)
  let total0 = f32x4.splat(0), total1 = total0, total2 = total0, total3 = total0
  let totalX0 = total0, totalX1 = total0, totalX2 = total0, totalX3 = total0
  for (let start = 0; start < rows; start += CHUNK) {
    const end = min(rows, start + CHUNK)
    let part0 = f32x4.splat(0), part1 = part0, part2 = part0, part3 = part0
    let partX0 = part0, partX1 = part0, partX2 = part0, partX3 = part0
    for (let i = start; i < end; i++) {
      const d0 = v128.load(dy)
      const d1 = v128.load(dy, 16)
      const d2 = v128.load(dy, 32)
      const d3 = v128.load(dy, 48)
      part0 = f32x4.add(part0, d0)
      part1 = f32x4.add(part1, d1)
      part2 = f32x4.add(part2, d2)
      part3 = f32x4.add(part3, d3)
      partX0 = f32x4.add(partX0, f32x4.mul(d0, f32x4.sub(v128.load(x), centre0)))
      partX1 = f32x4.add(partX1, f32x4.mul(d1, f32x4.sub(v128.load(x, 16), centre1)))
      partX2 = f32x4.add(partX2, f32x4.mul(d2, f32x4.sub(v128.load(x, 32), centre2)))
      partX3 = f32x4.add(partX3, f32x4.mul(d3, f32x4.sub(v128.load(x, 48), centre3)))
      x += rowBytes
      dy += rowBytes
    }
    total0 = f32x4.add(total0, part0)
    total1 = f32x4.add(total1, part1)
    total2 = f32x4.add(total2, part2)
    total3 = f32x4.add(total3, part3)
    totalX0 = f32x4.add(totalX0, partX0)
    totalX1 = f32x4.add(totalX1, partX1)
    totalX2 = f32x4.add(totalX2, partX2)
    totalX3 = f32x4.add(totalX3, partX3)
  }
  v128.store(sumDy, total0)
  v128.store(sumDy, total1, 16)
  v128.store(sumDy, total2, 32)
  v128.store(sumDy, total3, 48)
  v128.store(sumDyX, totalX0)
  v128.store(sumDyX, totalX1, 16)
  v128.store(sumDyX, totalX2, 32)
  v128.store(sumDyX, totalX3, 48)
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
