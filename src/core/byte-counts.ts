import { eachPiece } from './encoded-tensor'
import type { FloatTensor } from './encoded-tensor'

/** Words that are looked at in one go: they stay in the first-level cache. */
const CHUNK = 4096
const chunk = new Int32Array(CHUNK)

/**
 * How often each byte occurs at each of the four positions of the weights that are not zero.
 * @param tensor float32 weights; +0 and -0 are left out
 * @returns 4 x 256 counts, least significant byte (low mantissa) first
 */
export function countNonZeroBytes(tensor: FloatTensor): readonly Uint32Array[] {
  const counts = [0, 1, 2, 3].map(() => new Uint32Array(256))
  eachPiece(tensor, (values) => {
    addNonZeroBytes(values, counts)
  })
  return counts
}

function addNonZeroBytes(values: Float32Array, counts: readonly Uint32Array[]): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length)
  const none = new Uint32Array(256)
  const [b0 = none, b1 = none, b2 = none, b3 = none] = counts
  for (let start = 0; start < words.length; start += CHUNK) {
    const end = Math.min(start + CHUNK, words.length)
    let kept = 0
    // Closes up what is not zero without a branch, which random zeros would make slow.
    for (let i = start; i < end; i++) {
      const word = words[i] ?? 0
      chunk[kept] = word
      const magnitude = word << 1
      kept += (magnitude | -magnitude) >>> 31
    }
    for (let i = 0; i < kept; i++) {
      const word = chunk[i] ?? 0
      const lowest = word & 255
      const low = (word >>> 8) & 255
      const high = (word >>> 16) & 255
      const highest = word >>> 24
      b0[lowest] = (b0[lowest] ?? 0) + 1
      b1[low] = (b1[low] ?? 0) + 1
      b2[high] = (b2[high] ?? 0) + 1
      b3[highest] = (b3[highest] ?? 0) + 1
    }
  }
}
