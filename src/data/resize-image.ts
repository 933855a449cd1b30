import { channelsOf } from './preparation'
import type { Preparation } from './preparation'
import type { RgbaImage } from './rgba-image'

interface Planes {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Row-major height x width x channels. */
  readonly bytes: Uint8Array
}

/**
 * Resizes a picture and arranges its colours.
 *
 * Resizing is the bilinear filter with antialiasing of Pillow (`Image.resize(size, BILINEAR)`): a
 * triangle as wide as one target pixel, coefficients rounded to 22 bits, rows after columns. Grey is
 * Pillow's `convert('L')`. Transparent pixels lie on white.
 * @returns row-major height x width x channels bytes
 */
export function prepareImage(image: RgbaImage, preparation: Preparation): Uint8Array {
  const source = colored(image, preparation.color)
  const { height, width } = preparation
  switch (preparation.fit) {
    case 'stretch':
      return resize(source, height, width).bytes
    case 'crop':
      return cropped(source, height, width)
    case 'pad':
      return padded(source, height, width)
  }
}

function colored({ height, width, data }: RgbaImage, color: Preparation['color']): Planes {
  const channels = channelsOf({ color })
  const bytes = new Uint8Array(height * width * channels)
  const first = color === 'bgr' ? 2 : 0
  for (let place = 0; place < height * width; place++) {
    const alpha = data[4 * place + 3] ?? 255
    const red = onWhite(data[4 * place + first] ?? 0, alpha)
    const green = onWhite(data[4 * place + 1] ?? 0, alpha)
    const blue = onWhite(data[4 * place + 2 - first] ?? 0, alpha)
    if (channels === 1) bytes[place] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
    else {
      bytes[3 * place] = red
      bytes[3 * place + 1] = green
      bytes[3 * place + 2] = blue
    }
  }
  return { height, width, channels, bytes }
}

function onWhite(value: number, alpha: number): number {
  return alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255)
}

/** As torchvision's Resize and CenterCrop: the shorter side fits, the middle is cut out. */
function cropped(source: Planes, height: number, width: number): Uint8Array {
  const factor = Math.max(height / source.height, width / source.width)
  const tall = Math.max(height, Math.trunc(source.height * factor + 1e-6))
  const wide = Math.max(width, Math.trunc(source.width * factor + 1e-6))
  const whole = resize(source, tall, wide)
  const top = halfToEven((tall - height) / 2)
  const left = halfToEven((wide - width) / 2)
  const bytes = new Uint8Array(height * width * source.channels)
  const row = width * source.channels
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * wide + left) * source.channels
    bytes.set(whole.bytes.subarray(start, start + row), y * row)
  }
  return bytes
}

/** Python's round, by which torchvision places the crop. */
function halfToEven(value: number): number {
  const rounded = Math.round(value)
  return value % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
}

function padded(source: Planes, height: number, width: number): Uint8Array {
  const factor = Math.min(height / source.height, width / source.width)
  const tall = Math.min(height, Math.max(1, Math.round(source.height * factor)))
  const wide = Math.min(width, Math.max(1, Math.round(source.width * factor)))
  const whole = resize(source, tall, wide)
  const top = Math.floor((height - tall) / 2)
  const left = Math.floor((width - wide) / 2)
  const bytes = new Uint8Array(height * width * source.channels)
  const row = wide * source.channels
  for (let y = 0; y < tall; y++)
    bytes.set(
      whole.bytes.subarray(y * row, (y + 1) * row),
      ((top + y) * width + left) * source.channels,
    )
  return bytes
}

function resize(source: Planes, height: number, width: number): Planes {
  return alongColumns(alongRows(source, width), height)
}

/** Fraction bits of a coefficient: 32 less 8 of the sample less 2 for sums that overshoot. */
const PRECISION = 22

interface Kernel {
  /** First source pixel of each target pixel, and how many follow. */
  readonly starts: Int32Array
  readonly lengths: Int32Array
  readonly coefficients: Int32Array
  /** Coefficients set aside for each target pixel. */
  readonly stride: number
}

/** The triangle filter from `from` pixels to `to`, as Pillow computes it. */
function kernelOf(from: number, to: number): Kernel {
  const scale = from / to
  const filterScale = Math.max(1, scale)
  const stride = 2 * Math.ceil(filterScale) + 1
  const starts = new Int32Array(to)
  const lengths = new Int32Array(to)
  const coefficients = new Int32Array(to * stride)
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - filterScale + 0.5))
    const end = Math.min(from, Math.trunc(centre + filterScale + 0.5))
    const weights: number[] = []
    for (let at = start; at < end; at++)
      weights.push(Math.max(0, 1 - Math.abs((at - centre + 0.5) / filterScale)))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    weights.forEach((weight, index) => {
      const share = sum === 0 ? weight : weight / sum
      coefficients[target * stride + index] = Math.trunc(0.5 + share * 2 ** PRECISION)
    })
    starts[target] = start
    lengths[target] = end - start
  }
  return { starts, lengths, coefficients, stride }
}

function alongRows(source: Planes, width: number): Planes {
  if (source.width === width) return source
  const { height, channels } = source
  const kernel = kernelOf(source.width, width)
  const bytes = new Uint8Array(height * width * channels)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++)
        bytes[(y * width + x) * channels + channel] = weighted(
          source.bytes,
          kernel,
          x,
          y * source.width * channels + channel,
          channels,
        )
  return { height, width, channels, bytes }
}

function alongColumns(source: Planes, height: number): Planes {
  if (source.height === height) return source
  const { width, channels } = source
  const kernel = kernelOf(source.height, height)
  const row = width * channels
  const bytes = new Uint8Array(height * row)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < row; x++) bytes[y * row + x] = weighted(source.bytes, kernel, y, x, row)
  return { height, width, channels, bytes }
}

/** The byte of one target pixel; sums stay below 2^31, so 32-bit integers hold them. */
function weighted(
  bytes: Uint8Array,
  { starts, lengths, coefficients, stride }: Kernel,
  target: number,
  offset: number,
  step: number,
): number {
  let sum = 1 << (PRECISION - 1)
  let at = offset + (starts[target] ?? 0) * step
  const first = target * stride
  const end = first + (lengths[target] ?? 0)
  for (let index = first; index < end; index++, at += step)
    sum += (bytes[at] ?? 0) * (coefficients[index] ?? 0)
  const value = sum >> PRECISION
  return value < 0 ? 0 : value > 255 ? 255 : value
}
