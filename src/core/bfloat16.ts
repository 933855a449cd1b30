/** bfloat16 is the upper half of a float32. */
export function fromBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer)
}

/** The upper halves of values that all are bfloat16 already. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return Uint16Array.from(words, (bits) => bits >>> 16)
}

/** Whether every value is a bfloat16 already. */
export function areBfloat16(values: Float32Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return words.every((bits) => (bits & 0xffff) === 0)
}
