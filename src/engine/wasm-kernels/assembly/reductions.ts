// Sums down the columns of a row-major matrix.

/** Rows summed before a partial sum is added to the total: keeps float32 rounding small. */
const CHUNK = 512

/** sums[c] = sum over rows of values[row, c]. */
export function columnSums(values: usize, sums: usize, rows: i32, channels: i32): void {
  const rowBytes = <usize>channels << 2
  let c: usize = 0
  for (; c + 64 <= rowBytes; c += 64) sixteenColumns(values + c, sums + c, rows, rowBytes)
  for (; c + 16 <= rowBytes; c += 16) fourColumns(values + c, sums + c, rows, rowBytes)
  for (; c < rowBytes; c += 4) oneColumn(values + c, sums + c, rows, rowBytes)
}

function sixteenColumns(values: usize, sums: usize, rows: i32, rowBytes: usize): void {
  let total0 = f32x4.splat(0)
  let total1 = total0
  let total2 = total0
  let total3 = total0
  for (let start = 0; start < rows; start += CHUNK) {
    const end = min(rows, start + CHUNK)
    let part0 = f32x4.splat(0)
    let part1 = part0
    let part2 = part0
    let part3 = part0
    for (let i = start; i < end; i++) {
      part0 = f32x4.add(part0, v128.load(values))
      part1 = f32x4.add(part1, v128.load(values, 16))
      part2 = f32x4.add(part2, v128.load(values, 32))
      part3 = f32x4.add(part3, v128.load(values, 48))
      values += rowBytes
    }
    total0 = f32x4.add(total0, part0)
    total1 = f32x4.add(total1, part1)
    total2 = f32x4.add(total2, part2)
    total3 = f32x4.add(total3, part3)
  }
  v128.store(sums, total0)
  v128.store(sums, total1, 16)
  v128.store(sums, total2, 32)
  v128.store(sums, total3, 48)
}

function fourColumns(values: usize, sums: usize, rows: i32, rowBytes: usize): void {
  let total = f32x4.splat(0)
  for (let start = 0; start < rows; start += CHUNK) {
    const end = min(rows, start + CHUNK)
    let part = f32x4.splat(0)
    for (let i = start; i < end; i++) {
      part = f32x4.add(part, v128.load(values))
      values += rowBytes
    }
    total = f32x4.add(total, part)
  }
  v128.store(sums, total)
}

function oneColumn(values: usize, sums: usize, rows: i32, rowBytes: usize): void {
  let total: f64 = 0
  for (let i = 0; i < rows; i++) {
    total += <f64>load<f32>(values)
    values += rowBytes
  }
  store<f32>(sums, <f32>total)
}
