import { clipped, clippedOne } from './simd'

// The ends of what weights lie between. Weights lie in rows, in each of which `count`
// groups take turns of `run` neighbours; arrays of a number for each group hold floats.

/** low = min(low, smallest weight), high = max(high, largest weight) of each group; low is NaN where a weight is. */
export function groupRanges(
  values: usize, low: usize, high: usize, rows: i32, count: i32, run: i32,
): void {
  if (run == 1) rangesOfRows(values, low, high, rows, count)
  else rangesOfRuns(values, low, high, rows, count, run)
}

function rangesOfRows(values: usize, low: usize, high: usize, rows: i32, count: i32): void {
  const rowBytes = <usize>count << 2
  const vectorBytes = <usize>(count & ~3) << 2
  for (let i = 0; i < rows; i++) {
    let k: usize = 0
    for (; k < vectorBytes; k += 16) {
      const w = v128.load(values + k)
      const least = v128.load(low + k)
      // NaN is not below anything, and stays NaN whatever is added.
      const lower = v128.or(f32x4.lt(w, least), f32x4.ne(w, w))
      v128.store(low + k, v128.bitselect(w, least, lower))
      v128.store(high + k, f32x4.pmax(v128.load(high + k), w))
    }
    for (; k < rowBytes; k += 4) {
      const w = load<f32>(values + k)
      if (w < load<f32>(low + k) || w != w) store<f32>(low + k, w)
      if (w > load<f32>(high + k)) store<f32>(high + k, w)
    }
    values += rowBytes
  }
}

function rangesOfRuns(
  values: usize, low: usize, high: usize, rows: i32, count: i32, run: i32,
): void {
  const runBytes = <usize>run << 2
  const vectorBytes = <usize>(run & ~7) << 2
  for (let i = 0; i < rows; i++) {
    for (let g = 0; g < count; g++) {
      const at = <usize>g << 2
      let least = load<f32>(low + at)
      let most = load<f32>(high + at)
      let least0 = f32x4.splat(least)
      let most0 = f32x4.splat(most)
      let least1 = least0
      let most1 = most0
      let odd = f32x4.ne(least0, least0)
      let k: usize = 0
      for (; k < vectorBytes; k += 32) {
        const a = v128.load(values + k)
        const b = v128.load(values + k, 16)
        least0 = f32x4.pmin(least0, a)
        most0 = f32x4.pmax(most0, a)
        least1 = f32x4.pmin(least1, b)
        most1 = f32x4.pmax(most1, b)
        // Unordered, where either is NaN.
        odd = v128.or(odd, v128.or(f32x4.ne(a, a), f32x4.ne(b, b)))
      }
      least0 = f32x4.pmin(least0, least1)
      most0 = f32x4.pmax(most0, most1)
      least = min<f32>(
        min<f32>(f32x4.extract_lane(least0, 0), f32x4.extract_lane(least0, 1)),
        min<f32>(f32x4.extract_lane(least0, 2), f32x4.extract_lane(least0, 3)),
      )
      most = max<f32>(
        max<f32>(f32x4.extract_lane(most0, 0), f32x4.extract_lane(most0, 1)),
        max<f32>(f32x4.extract_lane(most0, 2), f32x4.extract_lane(most0, 3)),
      )
      for (; k < runBytes; k += 4) {
        const w = load<f32>(values + k)
        least = min<f32>(least, w)
        most = max<f32>(most, w)
      }
      store<f32>(low + at, v128.any_true(odd) ? NaN : least)
      store<f32>(high + at, most)
      values += runBytes
    }
  }
}

/** clipped = weight within its group's ends. */
export function clipToEnds(
  values: usize, result: usize, low: usize, high: usize, rows: i32, count: i32, run: i32,
): void {
  if (run == 1) {
    const rowBytes = <usize>count << 2
    const vectorBytes = <usize>(count & ~3) << 2
    for (let i = 0; i < rows; i++) {
      let k: usize = 0
      for (; k < vectorBytes; k += 16) {
        v128.store(
          result + k,
          clipped(v128.load(values + k), v128.load(low + k), v128.load(high + k)),
        )
      }
      for (; k < rowBytes; k += 4) {
        store<f32>(
          result + k,
          clippedOne(load<f32>(values + k), load<f32>(low + k), load<f32>(high + k)),
        )
      }
      values += rowBytes
      result += rowBytes
    }
    return
  }
  const runBytes = <usize>run << 2
  const vectorBytes = <usize>(run & ~3) << 2
  for (let i = 0; i < rows; i++) {
    for (let g = 0; g < count; g++) {
      const least = load<f32>(low + (<usize>g << 2))
      const most = load<f32>(high + (<usize>g << 2))
      const leasts = f32x4.splat(least)
      const mosts = f32x4.splat(most)
      let k: usize = 0
      for (; k < vectorBytes; k += 16) {
        v128.store(result + k, clipped(v128.load(values + k), leasts, mosts))
      }
      for (; k < runBytes; k += 4) {
        store<f32>(result + k, clippedOne(load<f32>(values + k), least, most))
      }
      values += runBytes
      result += runBytes
    }
  }
}

