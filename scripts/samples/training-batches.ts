/** Mini-batches of augmented images, in an order and with changes that a seed repeats. */
import { shuffled } from '../../src/core/random'
import type { Random } from '../../src/core/random'
import { imageBytes } from './idx-files'
import type { LabelledImages } from './idx-files'

const SIDE = 28
const PIXEL_MAX = 255

export interface Augmentation {
  readonly shift: number
  readonly mirror: boolean
}

export interface Batch {
  /** [size, 28, 28, 1], 0..1. */
  readonly pixels: Float32Array
  readonly labels: Int32Array
  readonly size: number
}

/** One epoch: every image once, the incomplete last batch left out. */
export function* epochOfBatches(
  images: LabelledImages,
  size: number,
  augmentation: Augmentation,
  random: Random,
): Generator<Batch> {
  const order = shuffled(Array(images.count).keys(), random)
  for (let start = 0; start + size <= order.length; start += size) {
    const pixels = new Float32Array(size * imageBytes)
    const labels = new Int32Array(size)
    for (let row = 0; row < size; row++) {
      const index = order[start + row] ?? 0
      const source = images.pixels.subarray(index * imageBytes, (index + 1) * imageBytes)
      const target = pixels.subarray(row * imageBytes, (row + 1) * imageBytes)
      copyMoved(source, target, augmentation, random)
      labels[row] = images.labels[index] ?? 0
    }
    yield { pixels, labels, size }
  }
}

/** Copies an image shifted by whole pixels, black where nothing comes from, perhaps mirrored. */
function copyMoved(
  source: Uint8Array,
  target: Float32Array,
  { shift, mirror }: Augmentation,
  random: Random,
): void {
  const down = random.below(2 * shift + 1) - shift
  const right = random.below(2 * shift + 1) - shift
  const mirrored = mirror && random.below(2) === 1
  for (let y = Math.max(0, down); y < Math.min(SIDE, SIDE + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(SIDE, SIDE + right); x++) {
      const from = (y - down) * SIDE + (x - right)
      const to = y * SIDE + (mirrored ? SIDE - 1 - x : x)
      target[to] = (source[from] ?? 0) / PIXEL_MAX
    }
  }
}
