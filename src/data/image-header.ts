/** What the first bytes of a picture say about it, before anything is decoded. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp'
  readonly height: number
  readonly width: number
}

const NAMES = /\.(?:jpe?g|jfif|png|webp|gif|bmp|avif)$/i

/** Whether a file is a picture by its name. */
export function isImageName(path: string): boolean {
  return NAMES.test(path)
}

/**
 * Reads the size of a picture from its header, so that one of a hundred thousand pixels a side is
 * refused before a decoder tries.
 * @param bytes the whole file or its beginning
 * @returns null where the header is of no known kind or cut short
 */
export function imageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return (
      pngHeader(view) ?? jpegHeader(view) ?? gifHeader(view) ?? webpHeader(view) ?? bmpHeader(view)
    )
  } catch (error) {
    // A DataView throws where the bytes end.
    if (error instanceof RangeError) return null
    throw error
  }
}

/** @see PNG (ISO/IEC 15948), 11.2.2: IHDR comes first */
function pngHeader(view: DataView): ImageHeader | null {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return null
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

/** @see ITU-T T.81, B.2.2: the frame header holds the size */
function jpegHeader(view: DataView): ImageHeader | null {
  if (view.getUint16(0) !== 0xffd8) return null
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame)
      return { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    // Data, or the end, without a frame: this is no picture.
    if (marker === 0xda || marker === 0xd9) return null
    at += 2 + view.getUint16(at + 2)
  }
}

function gifHeader(view: DataView): ImageHeader | null {
  if (view.getUint32(0) !== 0x47494638) return null
  return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

/** @see RFC 9649, section 2 */
function webpHeader(view: DataView): ImageHeader | null {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return null
  switch (view.getUint32(12)) {
    case 0x56503820: {
      const [width, height] = [view.getUint16(26, true), view.getUint16(28, true)]
      return { format: 'webp', width: width & 0x3fff, height: height & 0x3fff }
    }
    case 0x5650384c: {
      const bits = view.getUint32(21, true)
      return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 0x56503858:
      return { format: 'webp', width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 }
    default:
      return null
  }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 2 ** 16
}

function bmpHeader(view: DataView): ImageHeader | null {
  if (view.getUint16(0) !== 0x424d || view.getUint32(14, true) < 40) return null
  // A negative height means that rows run from the top.
  return {
    format: 'bmp',
    width: Math.abs(view.getInt32(18, true)),
    height: Math.abs(view.getInt32(22, true)),
  }
}
