/**
 * IEEE 754 half precision. `Float16Array` is too young to rely on, so the conversion is written out;
 * both directions are exact or correctly rounded (ties to even), signed zeros and subnormals included.
 */
const scratch = new DataView(new ArrayBuffer(4))

/** The value of a half given by its 16 bits. */
export function float16ToNumber(bits: number): number {
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  const magnitude =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 0x1f
        ? fraction === 0
          ? Infinity
          : NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return (bits & 0x8000) === 0 ? magnitude : -magnitude
}

/** The 16 bits of the half nearest to a float32; beyond 65,520 that is infinity. */
export function numberToFloat16(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 112
  let fraction = bits & 0x7fffff
  if (exponent >= 0x1f) return sign | 0x7c00 | (exponent === 0x8f && fraction !== 0 ? 0x200 : 0)
  if (exponent < -10) return sign
  let shift = 13
  if (exponent <= 0) {
    // Below 2^-14 a half has no hidden bit and a fixed step of 2^-24.
    fraction |= 0x800000
    shift = 14 - exponent
  }
  const kept = fraction >>> shift
  const rest = fraction & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0
  // A carry out of the fraction moves into the exponent, which is where it belongs.
  return sign | ((Math.max(exponent, 0) << 10) + kept + up)
}

let table: Float32Array | null = null

/** All 65,536 halves by their bits; built on first use (256 kB). */
export function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => float16ToNumber(bits))
  return table
}

/** The values of halves by their bits. */
export function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = float16Table()
  return Float32Array.from(halves, (bits) => values[bits] ?? 0)
}

/**
 * The nearest halves, as float32.
 * @param room for as many, which may be the values themselves; left out: another array is made
 */
export function nearestHalves(values: Float32Array, room?: Float32Array): Float32Array {
  const known = float16Table()
  const out = room?.subarray(0, values.length) ?? new Float32Array(values.length)
  for (let at = 0; at < values.length; at++)
    out[at] = known[numberToFloat16(values[at] ?? 0)] ?? NaN
  return out
}

/** What rounds to infinity as a half: half a step above 65,504, the largest. */
const BEYOND_FLOAT16 = 65_520

/** Index of the first value that no half can stand for, -1 where all can. */
export function beyondFloat16(values: Float32Array): number {
  return values.findIndex((value) => Math.abs(value) >= BEYOND_FLOAT16)
}

/**
 * Whether every value is a half already, so that storing it as one changes nothing. Ends at the first
 * that is not, which for weights as they are trained is the first that is not zero.
 */
export function areFloat16(values: Float32Array): boolean {
  return bitsOf(values).every(isFloat16)
}

/** One flag for each value: 1 where it is a half already. */
export function whichAreFloat16(values: Float32Array): Uint8Array {
  return Uint8Array.from(bitsOf(values), (bits) => (isFloat16(bits) ? 1 : 0))
}

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length)
}

function isFloat16(bits: number): boolean {
  const exponent = (bits >>> 23) & 0xff
  if (exponent >= 113) return exponent <= 142 && (bits & 0x1fff) === 0
  // Below 2^-14 a half is a multiple of 2^-24.
  if (exponent >= 103) return (bits & ((1 << (126 - exponent)) - 1)) === 0
  return (bits & 0x7fffffff) === 0
}
