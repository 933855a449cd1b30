import { clipped, clippedOne } from './simd'

// Weights as their codes restore them. Weights lie in rows, in each of which `count` groups take turns of `run`
// neighbours; arrays of a number for each group hold floats.

/** Nearer to the edge of a bin than this, float32 might round to the other side. */
const EDGE: f32 = 1.0 / 8192
/** Codes up to this many levels are found in float32 where no edge is near: places are off by 1 / 10,000 at most. */
const FLOAT_LEVELS: f64 = 256

/**
 * restored = (code - zero) * scale, code = clamp(floor(w / scale + (zero * turned + before)) + behind), w being the
 * weight clipped to its group's ends. Codes are those of double precision, as the file's are. Their distance from
 * zero has few enough bits that the product is rounded once, as that of the file is.
 * @param inverse 1 / scale, rounded
 */
export function restoreCodes(
  values: usize, restored: usize, scale: usize, inverse: usize, zero: usize, low: usize, high: usize,
  rows: i32, count: i32, run: i32,
  turned: f64, before: f64, behind: f64, first: f64, last: f64,
): void {
  const turns = f32x4.splat(<f32>turned)
  const befores = f32x4.splat(<f32>before)
  const behinds = f32x4.splat(<f32>behind)
  const firsts = f32x4.splat(<f32>first)
  const lasts = f32x4.splat(<f32>last)
  // No place is farther from an edge than this: then all are found in double precision.
  const edge: f32 = last < FLOAT_LEVELS ? EDGE : 1
  const edges = f32x4.splat(edge)
  const ends = f32x4.splat(1 - edge)
  const turnBytes = <usize>run << 2
  const length = run == 1 ? <usize>count << 2 : turnBytes
  const vectorBytes = length & ~15
  const turnsOfRow = run == 1 ? 1 : count
  for (let i = 0; i < rows; i++) {
    for (let g = 0; g < turnsOfRow; g++) {
      const at = <usize>g << 2
      // Of the one group of a run; where groups vary fastest, those of each vector are read below.
      let steps = v128.load32_splat(scale + at)
      let inverses = v128.load32_splat(inverse + at)
      let zeros = v128.load32_splat(zero + at)
      let leasts = v128.load32_splat(low + at)
      let mosts = v128.load32_splat(high + at)
      let shift = f32x4.add(f32x4.mul(zeros, turns), befores)
      let k: usize = 0
      for (; k < vectorBytes; k += 16) {
        if (run == 1) {
          steps = v128.load(scale + k)
          inverses = v128.load(inverse + k)
          zeros = v128.load(zero + k)
          leasts = v128.load(low + k)
          mosts = v128.load(high + k)
          shift = f32x4.add(f32x4.mul(zeros, turns), befores)
        }
        const w = clipped(v128.load(values + k), leasts, mosts)
        const place = f32x4.add(f32x4.mul(w, inverses), shift)
        const bin = f32x4.floor(place)
        const within = f32x4.sub(place, bin)
        // NaN, where an inverse is infinite, is not far from an edge either.
        const far = v128.and(f32x4.gt(within, edges), f32x4.lt(within, ends))
        if (i32x4.all_true(far)) {
          const code = f32x4.pmin(f32x4.pmax(f32x4.add(bin, behinds), firsts), lasts)
          v128.store(restored + k, f32x4.mul(f32x4.sub(code, zeros), steps))
        } else {
          const codes = exactly(w, steps, zeros, turned, before, behind, first, last)
          v128.store(restored + k, codes)
        }
      }
      for (; k < length; k += 4) {
        const own = run == 1 ? k : at
        const w = clippedOne(load<f32>(values + k), load<f32>(low + own), load<f32>(high + own))
        const step = load<f32>(scale + own)
        const from = <f64>load<f32>(zero + own)
        const code = floor<f64>(<f64>w / <f64>step + (from * turned + before)) + behind
        store<f32>(restored + k, <f32>(min<f64>(max<f64>(code, first), last) - from) * step)
      }
      values += length
      restored += length
    }
  }
}

/** Four weights in double precision. */
function exactly(
  w: v128, step: v128, zero: v128, turned: f64, before: f64, behind: f64, first: f64, last: f64,
): v128 {
  const left = distances(
    lowHalf(w), lowHalf(step), lowHalf(zero), turned, before, behind, first, last,
  )
  const right = distances(
    highHalf(w), highHalf(step), highHalf(zero), turned, before, behind, first, last,
  )
  const joined = v128.shuffle<i64>(
    f32x4.demote_f64x2_zero(left), f32x4.demote_f64x2_zero(right), 0, 2,
  )
  return f32x4.mul(joined, step)
}

@inline
function lowHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x)
}

@inline
function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))
}

/** How many steps codes are away from zero. */
@inline
function distances(
  w: v128, step: v128, zero: v128, turned: f64, before: f64, behind: f64, first: f64, last: f64,
): v128 {
  const shift = f64x2.add(f64x2.mul(zero, f64x2.splat(turned)), f64x2.splat(before))
  const place = f64x2.add(f64x2.div(w, step), shift)
  const code = f64x2.add(f64x2.floor(place), f64x2.splat(behind))
  return f64x2.sub(f64x2.pmin(f64x2.pmax(code, f64x2.splat(first)), f64x2.splat(last)), zero)
}
