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
  const isRow = run == 1
  const length = <usize>(isRow ? count : run) << 2
  const wideBytes = length & ~63
  const vectorBytes = length & ~15
  const turnsOfRow = isRow ? 1 : count
  for (let i = 0; i < rows; i++) {
    for (let g = 0; g < turnsOfRow; g++) {
      const at = <usize>g << 2
      // Of the one group of a run; where groups vary fastest, those of each vector are read where they are used.
      const step = v128.load32_splat(scale + at)
      const inverted = v128.load32_splat(inverse + at)
      const from = v128.load32_splat(zero + at)
      const least = v128.load32_splat(low + at)
      const most = v128.load32_splat(high + at)
      let k: usize = 0
      // Four vectors a turn, and one look at whether every place is far from an edge: nearly always it is.
      for (; k < wideBytes; k += 64) {
        const k1 = k + 16
        const k2 = k + 32
        const k3 = k + 48
        const w0 = clipped(v128.load(values + k), own(isRow, low + k, least), own(isRow, high + k, most))
        const w1 = clipped(v128.load(values + k1), own(isRow, low + k1, least), own(isRow, high + k1, most))
        const w2 = clipped(v128.load(values + k2), own(isRow, low + k2, least), own(isRow, high + k2, most))
        const w3 = clipped(v128.load(values + k3), own(isRow, low + k3, least), own(isRow, high + k3, most))
        const zero0 = own(isRow, zero + k, from)
        const zero1 = own(isRow, zero + k1, from)
        const zero2 = own(isRow, zero + k2, from)
        const zero3 = own(isRow, zero + k3, from)
        const place0 = placed(w0, own(isRow, inverse + k, inverted), zero0, turns, befores)
        const place1 = placed(w1, own(isRow, inverse + k1, inverted), zero1, turns, befores)
        const place2 = placed(w2, own(isRow, inverse + k2, inverted), zero2, turns, befores)
        const place3 = placed(w3, own(isRow, inverse + k3, inverted), zero3, turns, befores)
        const bin0 = f32x4.floor(place0)
        const bin1 = f32x4.floor(place1)
        const bin2 = f32x4.floor(place2)
        const bin3 = f32x4.floor(place3)
        const far = v128.and(
          v128.and(isFar(place0, bin0, edges, ends), isFar(place1, bin1, edges, ends)),
          v128.and(isFar(place2, bin2, edges, ends), isFar(place3, bin3, edges, ends)),
        )
        const step0 = own(isRow, scale + k, step)
        const step1 = own(isRow, scale + k1, step)
        const step2 = own(isRow, scale + k2, step)
        const step3 = own(isRow, scale + k3, step)
        if (i32x4.all_true(far)) {
          v128.store(restored + k, level(bin0, zero0, step0, behinds, firsts, lasts))
          v128.store(restored + k1, level(bin1, zero1, step1, behinds, firsts, lasts))
          v128.store(restored + k2, level(bin2, zero2, step2, behinds, firsts, lasts))
          v128.store(restored + k3, level(bin3, zero3, step3, behinds, firsts, lasts))
        } else {
          v128.store(restored + k, exactly(w0, step0, zero0, turned, before, behind, first, last))
          v128.store(restored + k1, exactly(w1, step1, zero1, turned, before, behind, first, last))
          v128.store(restored + k2, exactly(w2, step2, zero2, turned, before, behind, first, last))
          v128.store(restored + k3, exactly(w3, step3, zero3, turned, before, behind, first, last))
        }
      }
      for (; k < vectorBytes; k += 16) {
        const w = clipped(v128.load(values + k), own(isRow, low + k, least), own(isRow, high + k, most))
        const zeros = own(isRow, zero + k, from)
        const steps = own(isRow, scale + k, step)
        const place = placed(w, own(isRow, inverse + k, inverted), zeros, turns, befores)
        const bin = f32x4.floor(place)
        if (i32x4.all_true(isFar(place, bin, edges, ends))) {
          v128.store(restored + k, level(bin, zeros, steps, behinds, firsts, lasts))
        } else {
          v128.store(restored + k, exactly(w, steps, zeros, turned, before, behind, first, last))
        }
      }
      for (; k < length; k += 4) {
        const group = isRow ? k : at
        const w = clippedOne(load<f32>(values + k), load<f32>(low + group), load<f32>(high + group))
        const width = load<f32>(scale + group)
        const start = <f64>load<f32>(zero + group)
        const code = floor<f64>(<f64>w / <f64>width + (start * turned + before)) + behind
        store<f32>(restored + k, <f32>(min<f64>(max<f64>(code, first), last) - start) * width)
      }
      values += length
      restored += length
    }
  }
}

/** Numbers of the groups of a vector, or of the one group of a run. */
@inline
function own(isRow: bool, address: usize, ofRun: v128): v128 {
  return isRow ? v128.load(address) : ofRun
}

@inline
function placed(w: v128, inverses: v128, zeros: v128, turns: v128, befores: v128): v128 {
  return f32x4.add(f32x4.mul(w, inverses), f32x4.add(f32x4.mul(zeros, turns), befores))
}

/** NaN, where an inverse is infinite, is not far from an edge either. */
@inline
function isFar(place: v128, bin: v128, edges: v128, ends: v128): v128 {
  const within = f32x4.sub(place, bin)
  return v128.and(f32x4.gt(within, edges), f32x4.lt(within, ends))
}

@inline
function level(bin: v128, zeros: v128, steps: v128, behinds: v128, firsts: v128, lasts: v128): v128 {
  const code = f32x4.pmin(f32x4.pmax(f32x4.add(bin, behinds), firsts), lasts)
  return f32x4.mul(f32x4.sub(code, zeros), steps)
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
