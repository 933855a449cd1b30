import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import { elementCount } from '../../core/tensor-spec'
import { patchMeans } from './patch-means'
import type { KernelWalk } from './patch-means'

interface Walked {
  readonly sides: readonly [number, number, number]
  readonly walk: KernelWalk
  readonly seed: number
}

const walks: fc.Arbitrary<Walked> = fc
  .record({
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
    channels: fc.integer({ min: 1, max: 3 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.constantFrom('same' as const, 'valid' as const),
    seed: fc.integer(),
  })
  .map(({ height, width, channels, kernel, strides, dilations, padding, seed }) => ({
    sides: [height, width, channels] as const,
    walk: { width: kernel, strides, dilations, padding },
    seed,
  }))

/** The mean over all outputs of a convolution with one filter, output by output. */
function meanByHand({ sides, walk }: Walked, inputs: Float64Array, kernel: Float64Array): number {
  const [height, width, channels] = sides
  const at = (row: number, column: number, channel: number): number =>
    row < 0 || row >= height || column < 0 || column >= width
      ? 0
      : (inputs[(row * width + column) * channels + channel] ?? 0)
  const rows = placesAlong(height, 0, walk)
  const columns = placesAlong(width, 1, walk)
  let sum = 0
  for (const top of rows)
    for (const left of columns) {
      let i = 0
      for (let y = 0; y < (walk.width[0] ?? 0); y++)
        for (let x = 0; x < (walk.width[1] ?? 0); x++)
          for (let channel = 0; channel < channels; channel++, i++)
            sum +=
              (kernel[i] ?? 0) *
              at(top + y * (walk.dilations[0] ?? 1), left + x * (walk.dilations[1] ?? 1), channel)
    }
  return sum / (rows.length * columns.length)
}

/** Where the kernel begins, by the formulas of TensorFlow's documentation. */
function placesAlong(size: number, axis: number, walk: KernelWalk): number[] {
  const stride = walk.strides[axis] ?? 1
  const reach = ((walk.width[axis] ?? 1) - 1) * (walk.dilations[axis] ?? 1) + 1
  if (walk.padding === 'valid') {
    const places: number[] = []
    for (let at = 0; at + reach <= size; at += stride) places.push(at)
    return places
  }
  const rest = size % stride === 0 ? stride : size % stride
  const before = Math.floor(Math.max(reach - rest, 0) / 2)
  return Array.from({ length: Math.ceil(size / stride) }, (_, place) => place * stride - before)
}

describe('the mean of what a kernel meets', () => {
  it('gives the mean of all outputs, whatever the strides, holes and borders', () => {
    fc.assert(
      fc.property(walks, (walked) => {
        const { sides, walk, seed } = walked
        const random = createRandom(seed)
        const inputs = Float64Array.from({ length: elementCount(sides) }, () => random.normal())
        const size = elementCount([...walk.width, sides[2]])
        const kernel = Float64Array.from({ length: size }, () => random.normal())
        const means = patchMeans({ sides, values: inputs }, walk)
        const places = [placesAlong(sides[0], 0, walk), placesAlong(sides[1], 1, walk)]
        if (places.some((along) => along.length === 0)) {
          expect(means).toBeNull()
          return
        }
        const found = means?.reduce((sum, mean, i) => sum + mean * (kernel[i] ?? 0), 0)
        expect(found).toBeCloseTo(meanByHand(walked, inputs, kernel), 10)
      }),
      { numRuns: 300 },
    )
  })

  it('does not fit inputs of other axes', () => {
    const walk = { width: [3], strides: [1], dilations: [1], padding: 'same' } as const
    expect(patchMeans({ sides: [4, 4, 1], values: new Float64Array(16) }, walk)).toBeNull()
  })
})
