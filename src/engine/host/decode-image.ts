import { StudioError } from '../../core/errors'
import { imageHeader } from '../../data/image-header'
import type { RgbaImage } from '../../data/rgba-image'

/** 64 million pixels are 256 MB once decoded; photographs have at most about 50. */
const MOST_PIXELS = 64 * 10 ** 6

/**
 * Decodes a picture in the browser: upright as its camera says, without colour management or
 * premultiplied alpha, so that bytes are what other tools decode.
 * @throws StudioError 'data/image-too-large', 'data/image-broken'
 */
export async function decodeImage(path: string, bytes: Uint8Array): Promise<RgbaImage> {
  const header = imageHeader(bytes)
  if (header !== null && header.width * header.height > MOST_PIXELS)
    throw new StudioError('data/image-too-large', {
      file: path,
      width: header.width,
      height: header.height,
      limit: MOST_PIXELS,
    })
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(new Blob([bytes as BlobPart]), {
      imageOrientation: 'from-image',
      premultiplyAlpha: 'none',
      colorSpaceConversion: 'none',
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('data/image-broken', { file: path, reason })
  }
  try {
    const { height, width } = bitmap
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null)
      throw new StudioError('data/image-broken', { file: path, reason: 'no canvas is left' })
    context.drawImage(bitmap, 0, 0)
    return { height, width, data: context.getImageData(0, 0, width, height).data }
  } finally {
    bitmap.close()
  }
}
