import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const folder = new URL('../../public/datasets/mnist/', import.meta.url)
const SIDE = 28

/** The training split of MNIST without one of its digits, as IDX files. */
export function withoutDigit(digit: number): File[] {
  const pixels = gunzipSync(readFileSync(new URL('train-images.bin', folder)))
  const labels = gunzipSync(readFileSync(new URL('train-labels.bin', folder)))
  const kept = [...labels.keys()].filter((at) => labels[at] !== digit)
  const size = SIDE * SIDE
  const images = Buffer.concat(kept.map((at) => pixels.subarray(at * size, (at + 1) * size)))
  const names = Buffer.from(kept.map((at) => labels[at] ?? 0))
  return [
    new File([idxHeader([kept.length, SIDE, SIDE]), images], 'train-images-idx3-ubyte'),
    new File([idxHeader([kept.length]), names], 'train-labels-idx1-ubyte'),
  ]
}

/** Unsigned bytes with these sides. */
function idxHeader(sides: readonly number[]): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(4 + 4 * sides.length)
  header.writeUInt32BE(0x0800 | sides.length)
  sides.forEach((side, axis) => header.writeUInt32BE(side, 4 + 4 * axis))
  return header
}
