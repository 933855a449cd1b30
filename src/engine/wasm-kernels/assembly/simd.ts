// Small vocabulary shared by the kernels. A v128 is four float32 lanes; addresses are byte offsets
// into the backend's memory.

/**
 * accumulator + a * b, lane by lane: one fused instruction, rounded once, where the module is compiled for
 * relaxed SIMD and the processor has one.
 */
@inline
export function multiplyAdd(a: v128, b: v128, accumulator: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, accumulator)
  return f32x4.add(accumulator, f32x4.mul(a, b))
}

/** The float at `address`, in all four lanes. */
@inline
export function splatAt(address: usize): v128 {
  return v128.load32_splat(address)
}

/** memory[address] += value, four floats. */
@inline
export function addTo(address: usize, value: v128): void {
  v128.store(address, f32x4.add(v128.load(address), value))
}

/** memory[address] += value, one float. */
@inline
export function addScalarTo(address: usize, value: f32): void {
  store<f32>(address, load<f32>(address) + value)
}

/** Which lanes lie between the ends, and not on them. */
@inline
export function within(x: v128, low: v128, high: v128): v128 {
  return v128.and(f32x4.gt(x, low), f32x4.lt(x, high))
}

/** A number within the ends; NaN stays. */
@inline
export function clipped(w: v128, low: v128, high: v128): v128 {
  // One instruction each, unlike `min` and `max`, which look for NaN on either side.
  return f32x4.pmin(f32x4.pmax(w, low), high)
}

@inline
export function clippedOne(w: f32, low: f32, high: f32): f32 {
  return w > high ? high : w < low ? low : w
}
