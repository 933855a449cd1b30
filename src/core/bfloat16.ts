/** bfloat16 is the upper half of a float32. */
export function fromBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer)
}

/** Half of the last place that is kept, less one: what lies in the middle goes to the even neighbour. */
const BELOW_THE_MIDDLE = 0x7fff
/** The bits of infinity; above them, without the sign, lies what is no number. */
const INFINITE = 0x7f800000
/** Of what is no number, whatever is left of its digits. */
const QUIET = 0x40

/** The nearest of each value, ties to even, as runtimes cast; beyond the largest it is infinity. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return Uint16Array.from(words, (bits) => {
    const upper = bits >>> 16
    if ((bits & 0x7fffffff) > INFINITE) return upper | QUIET
    return (bits + BELOW_THE_MIDDLE + (upper & 1)) >>> 16
  })
}

/**
 * The nearest bfloat16 numbers, as float32.
 * @param room for as many, which may be the values themselves; left out: another array is made
 */
export function nearestBfloat16(values: Float32Array, room?: Float32Array): Float32Array {
  const nearest = fromBfloat16(toBfloat16(values))
  if (room === undefined) return nearest
  const out = room.subarray(0, values.length)
  out.set(nearest)
  return out
}

/** Whether every value is a bfloat16 already. */
export function areBfloat16(values: Float32Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return words.every((bits) => (bits & 0xffff) === 0)
}
