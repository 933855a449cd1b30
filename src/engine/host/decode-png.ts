/** Decodes PNG in Node, where there is no createImageBitmap. */
import { decode } from 'fast-png'
import { StudioError } from '../../core/errors'
import type { RgbaImage } from '../../data/rgba-image'

export function decodePng(path: string, bytes: Uint8Array): Promise<RgbaImage> {
  try {
    const { width, height, channels, data } = decode(bytes)
    const rgba = new Uint8ClampedArray(4 * width * height).fill(255)
    for (let place = 0; place < width * height; place++)
      for (let channel = 0; channel < 3; channel++)
        rgba[4 * place + channel] = data[place * channels + Math.min(channel, channels - 1)] ?? 0
    return Promise.resolve({ width, height, data: rgba })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return Promise.reject(new StudioError('data/image-broken', { file: path, reason }))
  }
}
