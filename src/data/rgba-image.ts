/** A decoded picture: four bytes a pixel, red, green, blue, alpha. */
export interface RgbaImage {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array | Uint8ClampedArray
}

/**
 * Bytes of one, three or four channels as a picture; grey in all three colours, opaque without an alpha.
 * @param bytes row-major height x width x channels
 */
export function toRgba(
  bytes: Uint8Array,
  height: number,
  width: number,
  channels: number,
): RgbaImage & { readonly data: Uint8ClampedArray<ArrayBuffer> } {
  const data = new Uint8ClampedArray(4 * height * width)
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < 3; channel++)
      data[4 * place + channel] = bytes[place * channels + Math.min(channel, channels - 1)] ?? 0
    data[4 * place + 3] = channels === 4 ? (bytes[4 * place + 3] ?? 255) : 255
  }
  return { height, width, data }
}
