import { describe, expect, it } from 'vitest'
import { imageHeader, isImageName } from './image-header'

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0))
const big = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => (value / 256 ** (bytes - 1 - i)) & 255)
const little = (value: number, bytes: number): number[] => big(value, bytes).reverse()
const file = (...parts: (number | number[])[]): Uint8Array => Uint8Array.from(parts.flat())

const png = file(
  [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a],
  big(13, 4),
  ascii('IHDR'),
  big(100_000, 4),
  big(90_000, 4),
)
const jpeg = file(
  [0xff, 0xd8, 0xff, 0xe0],
  big(16, 2),
  Array<number>(14).fill(0),
  [0xff, 0xff, 0xc4],
  big(4, 2),
  [0, 0],
  [0xff, 0xc2],
  big(17, 2),
  8,
  big(480, 2),
  big(640, 2),
)

describe('the header of a picture', () => {
  it.each([
    ['png', png, { format: 'png', width: 100_000, height: 90_000 }],
    ['jpeg, progressive, behind other segments', jpeg, { format: 'jpeg', width: 640, height: 480 }],
    [
      'gif',
      file(ascii('GIF89a'), little(7, 2), little(9, 2)),
      { format: 'gif', width: 7, height: 9 },
    ],
    [
      'lossy webp',
      file(
        ascii('RIFF'),
        little(0, 4),
        ascii('WEBPVP8 '),
        Array<number>(10).fill(0),
        little(0x4000 + 33, 2),
        little(44, 2),
      ),
      { format: 'webp', width: 33, height: 44 },
    ],
    [
      'lossless webp',
      file(
        ascii('RIFF'),
        little(0, 4),
        ascii('WEBPVP8L'),
        little(0, 4),
        0x2f,
        little(32 + (43 << 14), 4),
      ),
      { format: 'webp', width: 33, height: 44 },
    ],
    [
      'extended webp',
      file(
        ascii('RIFF'),
        little(0, 4),
        ascii('WEBPVP8X'),
        Array<number>(8).fill(0),
        little(70_000 - 1, 3),
        little(44 - 1, 3),
      ),
      { format: 'webp', width: 70_000, height: 44 },
    ],
    [
      'bmp from the top',
      file(
        ascii('BM'),
        Array<number>(12).fill(0),
        little(40, 4),
        little(5, 4),
        little(2 ** 32 - 6, 4),
      ),
      { format: 'bmp', width: 5, height: 6 },
    ],
  ] as const)('%s', (_, bytes, expected) => {
    expect(imageHeader(bytes)).toEqual(expected)
  })

  it('is nothing in a file that is none, or cut short', () => {
    expect(imageHeader(file(ascii('hello, this is no picture at all')))).toBeNull()
    for (const bytes of [png, jpeg])
      for (let end = 0; end < 20; end++) expect(imageHeader(bytes.subarray(0, end))).toBeNull()
    expect(imageHeader(file([0xff, 0xd8, 0xff, 0xda], big(4, 2), [0, 0]))).toBeNull()
  })

  it('knows pictures by their names', () => {
    expect(['a.JPG', 'b/c.jpeg', 'd.webp', 'e.avif'].every(isImageName)).toBe(true)
    expect(['a.txt', 'jpg', 'a.jpg.bin'].some(isImageName)).toBe(false)
  })
})
