import type { WeightPicture } from '../../core/weight-picture'
import type { PictureLayout } from './picture-layout'

type Rgb = readonly [number, number, number]

/** Negative weights go to one colour and positive ones to another; an exact zero has its own. */
export interface WeightPalette {
  readonly nearZero: Rgb
  readonly zero: Rgb
  readonly negative: Rgb
  readonly positive: Rgb
}

/**
 * Blue and orange can be told apart by nearly everyone; zeros are the grey that no weight has.
 * @param style of an element of the page: the theme holds the colours
 */
export function paletteOf(style: Pick<CSSStyleDeclaration, 'getPropertyValue'>): WeightPalette {
  const colour = (name: string): Rgb => {
    const hex = style.getPropertyValue(`--studio-weight-${name}`).trim()
    const channel = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16) || 0
    return [channel(1), channel(3), channel(5)]
  }
  return {
    nearZero: colour('none'),
    zero: colour('zero'),
    negative: colour('negative'),
    positive: colour('positive'),
  }
}

/**
 * @param value from -1 to 1; larger ones are drawn as these
 * @param zeros share of exact zeros, 0..1
 */
export function weightColour(palette: WeightPalette, value: number, zeros: number): Rgb {
  // By the square root: most weights are small beside the largest, and would all look alike.
  const strength = Math.sqrt(Math.min(1, Math.abs(value)))
  const end = value < 0 ? palette.negative : palette.positive
  return mix(mix(palette.nearZero, end, strength), palette.zero, zeros)
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (one: number, other: number): number => Math.round(one + (other - one) * share)
  return [channel(from[0], to[0]), channel(from[1], to[1]), channel(from[2], to[2])]
}

/** Draws into RGBA bytes of `layout.width` x `layout.height`; what no weight covers stays transparent. */
export function paintWeights(
  picture: WeightPicture,
  which: 'before' | 'after',
  layout: PictureLayout,
  palette: WeightPalette,
): Uint8ClampedArray<ArrayBuffer> {
  const { cell, height, width } = layout
  const rgba = new Uint8ClampedArray(width * height * 4)
  const { inputs, kind, scale, shown, tile } = picture
  const values = picture[which]
  const zeros = which === 'before' ? picture.zerosBefore : picture.zerosAfter
  const places = tile.height * tile.width
  const kernels = kind === 'matrix' ? 1 : shown * inputs
  for (let kernel = 0; kernel < kernels; kernel++) {
    const corner = layout.corner(Math.floor(kernel / inputs), kernel % inputs)
    for (let place = 0; place < places; place++) {
      const index = kernel * places + place
      const relative = scale === 0 ? 0 : (values[index] ?? 0) / scale
      const colour = weightColour(palette, relative, (zeros[index] ?? 0) / 255)
      const x = corner.x + (place % tile.width) * cell.width
      const y = corner.y + Math.floor(place / tile.width) * cell.height
      fillCell(rgba, width, { x, y, ...cell }, colour)
    }
  }
  return rgba
}

function fillCell(
  rgba: Uint8ClampedArray,
  width: number,
  cell: Pick<DOMRectReadOnly, 'x' | 'y' | 'width' | 'height'>,
  [red, green, blue]: Rgb,
): void {
  for (let y = cell.y; y < cell.y + cell.height; y++)
    for (let x = cell.x; x < cell.x + cell.width; x++) {
      const at = (y * width + x) * 4
      rgba[at] = red
      rgba[at + 1] = green
      rgba[at + 2] = blue
      rgba[at + 3] = 255
    }
}
