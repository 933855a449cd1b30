const scratch = new DataView(new ArrayBuffer(4))
const LARGEST = 2 ** 128 - 2 ** 104

/**
 * The smallest float32 that is not below a number, the largest finite one for numbers beyond it. A scale
 * rounded like this still reaches both ends of its range, so half a step remains the largest error.
 * @param value not negative
 */
export function float32Up(value: number): number {
  const nearest = Math.fround(value)
  if (nearest >= value) return Math.min(nearest, LARGEST)
  scratch.setFloat32(0, nearest)
  scratch.setUint32(0, scratch.getUint32(0) + 1)
  return Math.min(scratch.getFloat32(0), LARGEST)
}
