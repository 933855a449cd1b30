import type { Preparation } from './preparation'
import { prepareImage } from './resize-image'
import type { RgbaImage } from './rgba-image'

const SIDE = 28
/** The longer side of the digit inside. */
const BOX = 20
/** Fainter is nothing. */
const INK = 16

const greyOf = (width: number, height: number): Preparation => ({
  fit: 'stretch',
  color: 'grey',
  width,
  height,
  mean: [0],
  std: [1],
})

/**
 * Brings an opaque drawing, white on black, into the form of MNIST: the digit in a box of 20 x 20 pixels with its
 * proportions, its centre of mass in the middle of 28 x 28.
 * @returns row-major bytes, or null where nothing is drawn
 * @see LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.A
 */
export function centreDigit(image: RgbaImage): Uint8Array | null {
  const box = boundingBox(image)
  if (box === null) return null
  const { height, left, top, width } = box
  const scale = BOX / Math.max(width, height)
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  }
  const piece = cropped(image, { height, left, top, width })
  const small = prepareImage(piece, greyOf(size.width, size.height))
  const [across, down] = centreOfMass(small, size.width)
  const x = clamp(Math.round(SIDE / 2 - across), SIDE - size.width)
  const y = clamp(Math.round(SIDE / 2 - down), SIDE - size.height)
  const digit = new Uint8Array(SIDE * SIDE)
  for (let row = 0; row < size.height; row++)
    digit.set(small.subarray(row * size.width, (row + 1) * size.width), (y + row) * SIDE + x)
  return digit
}

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function boundingBox({ width, height, data }: RgbaImage): Box | null {
  let [left, right, top, bottom] = [width, -1, height, -1]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if ((data[4 * (y * width + x)] ?? 0) < INK) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

function cropped({ width, data }: RgbaImage, box: Box): RgbaImage {
  const rows = new Uint8ClampedArray(4 * box.width * box.height)
  for (let row = 0; row < box.height; row++) {
    const from = 4 * ((box.top + row) * width + box.left)
    rows.set(data.subarray(from, from + 4 * box.width), 4 * row * box.width)
  }
  return { width: box.width, height: box.height, data: rows }
}

/** In pixels from the left and upper edge. */
function centreOfMass(values: Uint8Array, width: number): [number, number] {
  let [mass, across, down] = [0, 0, 0]
  values.forEach((value, place) => {
    mass += value
    across += value * ((place % width) + 0.5)
    down += value * (Math.floor(place / width) + 0.5)
  })
  return mass === 0 ? [width / 2, values.length / width / 2] : [across / mass, down / mass]
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value))
}
