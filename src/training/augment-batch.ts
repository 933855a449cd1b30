import type { Random } from '../core/random'

/** How the numbers of one sample lie in memory. */
export interface PictureLayout {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Whether the channels of a pixel are neighbours, or each channel is a plane. */
  readonly interleaved: boolean
}

export interface Augmentation {
  readonly shift: number
  readonly flip: boolean
}

/**
 * Shifts pictures by whole pixels and mirrors some, in place. The edge is repeated where nothing comes
 * from, so that no colour appears that the data do not have.
 * @param values rows of height x width x channels numbers
 * @param scale pixels of `values` in one of the shift: targets may be larger than what they are made of
 */
export function augmentBatch(
  values: Float32Array,
  layout: PictureLayout,
  { shift, flip }: Augmentation,
  random: Random,
  scale: { readonly down: number; readonly right: number } = { down: 1, right: 1 },
): void {
  if (shift === 0 && !flip) return
  const size = layout.height * layout.width * layout.channels
  const source = new Float32Array(size)
  for (let start = 0; start + size <= values.length; start += size) {
    const down = Math.round((random.below(2 * shift + 1) - shift) * scale.down)
    const right = Math.round((random.below(2 * shift + 1) - shift) * scale.right)
    const mirrored = flip && random.below(2) === 1
    if (down === 0 && right === 0 && !mirrored) continue
    const target = values.subarray(start, start + size)
    source.set(target)
    copyMoved(source, target, layout, { down, right, mirrored })
  }
}

function copyMoved(
  source: Float32Array,
  target: Float32Array,
  { height, width, channels, interleaved }: PictureLayout,
  { down, right, mirrored }: { down: number; right: number; mirrored: boolean },
): void {
  const between = interleaved ? channels : 1
  const plane = interleaved ? 1 : height * width
  for (let y = 0; y < height; y++) {
    const fromY = Math.min(height - 1, Math.max(0, y - down))
    for (let x = 0; x < width; x++) {
      const moved = Math.min(width - 1, Math.max(0, x - right))
      const fromX = mirrored ? width - 1 - moved : moved
      const to = (y * width + x) * between
      const from = (fromY * width + fromX) * between
      for (let channel = 0; channel < channels; channel++)
        target[to + channel * plane] = source[from + channel * plane] ?? 0
    }
  }
}
