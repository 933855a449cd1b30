/**
 * Draws the pictures on the sample cards: two strips of test images per data set, as ink of varying
 * opacity on nothing, so that the page chooses the colours. Run after `fetch-data.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import { datasetIds } from './data-sources'
import { imageBytes, readOfficialPart } from './idx-files'

const COLUMNS = 12
const ROWS = 6
const SIDE = 28

for (const id of datasetIds) {
  const { pixels } = readOfficialPart(id, 'test')
  const width = COLUMNS * SIDE
  const height = ROWS * SIDE
  // Colour type 4: grey and alpha, two bytes a pixel, each line led by its filter type 0.
  const lines = new Uint8Array(height * (1 + width * 2))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const image = Math.floor(y / SIDE) * COLUMNS + Math.floor(x / SIDE)
      const pixel = pixels[image * imageBytes + (y % SIDE) * SIDE + (x % SIDE)] ?? 0
      lines[y * (1 + width * 2) + 1 + x * 2 + 1] = pixel
    }
  }
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, 4, 0, 0, 0], 8)
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ])
  const folder = fileURLToPath(new URL('../../public/samples/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${id}.png`, png)
  console.log(`public/samples/${id}.png: ${png.length.toLocaleString('en')} bytes`)
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(data.length, 0)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}
