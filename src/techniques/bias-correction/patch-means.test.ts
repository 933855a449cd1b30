import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import { elementCount } from '../../core/tensor-spec'
import type { StatisticOf } from '../statistics'
import { patchMeans } from './patch-means'
import type { KernelWalk } from './patch-means'

interface Walked {
  readonly sides: readonly [number, number, number]
  readonly walk: KernelWalk
  /** Of an axis before those of the window. */
  readonly lead: number
  readonly seed: number
}

const margins = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))

const walks: fc.Arbitrary<Walked> = fc
  .record({
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
    channels: fc.integer({ min: 1, max: 3 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.oneof(
      fc.constantFrom('sameUpper' as const, 'sameLower' as const, 'sameCentred' as const),
      fc.record({ begin: margins, end: margins }),
    ),
    layout: fc.constantFrom('channelsLast' as const, 'channelsFirst' as const),
    lead: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer(),
  })
  .map(({ height, width, channels, kernel, lead, seed, ...sliding }) => ({
    sides: [height, width, channels] as const,
    walk: { ...sliding, width: kernel },
    lead,
    seed,
  }))

/** Values with channels last as a layer of this layout is given them. */
function laidOut({ sides, walk }: Walked, values: Float64Array): StatisticOf['mean'] {
  const [height, width, channels] = sides
  if (walk.layout === 'channelsLast') return { sides, values }
  const turned = new Float64Array(values.length)
  for (let place = 0; place < height * width; place++)
    for (let channel = 0; channel < channels; channel++)
      turned[channel * height * width + place] = values[place * channels + channel] ?? NaN
  return { sides: [channels, height, width], values: turned }
}

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
  if (typeof walk.padding !== 'string') {
    const [before = 0, behind = 0] = [walk.padding.begin[axis], walk.padding.end[axis]]
    const places: number[] = []
    for (let at = -before; at + reach <= size + behind; at += stride) places.push(at)
    return places
  }
  const rest = size % stride === 0 ? stride : size % stride
  const least = walk.padding === 'sameCentred' ? -Infinity : 0
  const zeros = Math.max(reach - rest, least) / 2
  const before = walk.padding === 'sameLower' ? Math.ceil(zeros) : Math.floor(zeros)
  return Array.from({ length: Math.ceil(size / stride) }, (_, place) => place * stride - before)
}

describe('the mean of what a kernel meets', () => {
  it('gives the mean of all outputs, whatever the strides, holes, borders and layout', () => {
    fc.assert(
      fc.property(walks, (walked) => {
        const { sides, walk, lead, seed } = walked
        const random = createRandom(seed)
        const normals = (count: number) =>
          Float64Array.from({ length: count }, () => random.normal())
        const inputs = Array.from({ length: lead }, () => normals(elementCount(sides)))
        const kernel = normals(elementCount([...walk.width, sides[2]]))
        const given = inputs.map((values) => laidOut(walked, values))
        const whole = {
          sides: lead === 1 ? (given[0]?.sides ?? []) : [lead, ...(given[0]?.sides ?? [])],
          values: Float64Array.from(given.flatMap(({ values }) => [...values])),
        }
        const means = patchMeans(whole, walk)
        const places = [placesAlong(sides[0], 0, walk), placesAlong(sides[1], 1, walk)]
        if (places.some((along) => along.length === 0)) {
          expect(means).toBeNull()
          return
        }
        const found = means?.reduce((sum, mean, i) => sum + mean * (kernel[i] ?? 0), 0)
        const wanted = inputs.map((values) => meanByHand(walked, values, kernel))
        expect(found).toBeCloseTo(
          wanted.reduce((sum, mean) => sum + mean / lead, 0),
          10,
        )
      }),
      { numRuns: 300 },
    )
  })

  it('does not fit inputs of fewer axes', () => {
    const walk: KernelWalk = {
      ...{ width: [3, 3], strides: [1, 1], dilations: [1, 1] },
      ...({ padding: 'sameUpper', layout: 'channelsLast' } as const),
    }
    expect(patchMeans({ sides: [4, 4], values: new Float64Array(16) }, walk)).toBeNull()
  })
})
