import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TensorSpec } from '../../core/tensor-spec'
import { weightPicture } from '../../core/weight-picture'
import { paintWeights, paletteOf, weightColour } from './paint-weights'
import { pictureLayout } from './picture-layout'

const colours: Readonly<Record<string, string>> = {
  '--studio-weight-none': '#ffffff',
  '--studio-weight-zero': '#bec4ca',
  '--studio-weight-negative': '#1d4ed8',
  '--studio-weight-positive': '#c2410c',
}
const palette = paletteOf({ getPropertyValue: (name) => colours[name] ?? '' })

function pictureOf(shape: readonly number[]) {
  const spec: TensorSpec = {
    name: 'kernel',
    shape,
    dtype: 'float32',
    role: 'kernel',
    layerName: 'layer',
    layerKind: 'convolution',
    channel: { count: shape.at(-1) ?? 1, inner: 1 },
  }
  const values = Float32Array.from(
    { length: shape.reduce((product, side) => product * side, 1) },
    (_, index) => index + 1,
  )
  return weightPicture(spec, values, values, 0)
}

describe('the layout of a picture of weights', () => {
  it('puts every weight somewhere, never two in one place, and finds it there again', () => {
    const sides = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
    )
    fc.assert(
      fc.property(sides, fc.integer({ min: 20, max: 400 }), (shape, room) => {
        const picture = pictureOf(shape)
        const layout = pictureLayout(picture, room)
        const seen = new Set<number>()
        const { height, width } = layout.cell
        // Counted, for there are a hundred thousand pixels.
        let misplaced = 0
        for (let y = 0; y < layout.height; y++)
          for (let x = 0; x < layout.width; x++) {
            const cell = layout.cellAt({ x, y })
            if (cell === null) continue
            seen.add(cell.index)
            if (picture.kind === 'matrix') continue
            const corner = layout.corner(cell.output, cell.input)
            const across = x - corner.x - cell.column * width
            const down = y - corner.y - cell.row * height
            if (across < 0 || across >= width || down < 0 || down >= height) misplaced++
          }
        expect(misplaced).toBe(0)
        expect(seen.size).toBe(picture.before.length)
      }),
      { numRuns: 25 },
    )
  })

  it('lies outside its edges nowhere', () => {
    for (const shape of [
      [3, 3, 2, 2],
      [4, 7],
    ]) {
      const layout = pictureLayout(pictureOf(shape), 300)
      expect(layout.cellAt({ x: -1, y: 0 })).toBeNull()
      expect(layout.cellAt({ x: 0, y: -1 })).toBeNull()
      expect(layout.cellAt({ x: layout.width, y: 0 })).toBeNull()
      expect(layout.cellAt({ x: 0, y: layout.height })).toBeNull()
    }
  })

  it('keeps the kernels of one output together, in lines no wider than the room', () => {
    const layout = pictureLayout(pictureOf([3, 3, 40, 4]), 300)
    expect(layout.width).toBeLessThanOrEqual(300)
    expect(layout.corner(0, 39).y).toBeGreaterThan(0)
    expect(layout.corner(1, 0).y).toBeGreaterThan(layout.corner(0, 39).y)
    const single = pictureLayout(pictureOf([3, 3, 1, 4]), 300)
    expect(single.corner(1, 0).y).toBe(0)
  })

  it('fills a square of cells with one colour and leaves the gaps empty', () => {
    const picture = pictureOf([2, 2, 1, 2])
    const layout = pictureLayout(picture, 300)
    const rgba = paintWeights(picture, 'after', layout, palette)
    const at = (x: number, y: number) => [...rgba.slice((y * layout.width + x) * 4).slice(0, 4)]
    const zoom = layout.cell.width
    expect(at(0, 0)).toEqual([...weightColour(palette, 1 / 8, 0), 255])
    expect(at(zoom - 1, zoom - 1)).toEqual(at(0, 0))
    expect(at(zoom, 0)).toEqual([...weightColour(palette, 3 / 8, 0), 255])
    expect(at(2 * zoom, 0)[3]).toBe(0)
  })
})

describe('the colour of a weight', () => {
  it('is read from the theme', () => {
    expect(palette.negative).toEqual([29, 78, 216])
    expect(palette.zero).toEqual([190, 196, 202])
  })

  it('goes to one end for negative and to the other for positive weights', () => {
    expect(weightColour(palette, -1, 0)).toEqual(palette.negative)
    expect(weightColour(palette, 5, 0)).toEqual(palette.positive)
    expect(weightColour(palette, 0, 0)).toEqual(palette.nearZero)
  })

  it('is the grey of zeros for a zero, and comes near it with the share of zeros', () => {
    expect(weightColour(palette, 0, 1)).toEqual(palette.zero)
    const half = weightColour(palette, 1, 0.5)
    expect(half[0]).toBe(Math.round((palette.positive[0] + palette.zero[0]) / 2))
  })
})
