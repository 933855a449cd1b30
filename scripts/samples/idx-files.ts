/** The IDX format of LeCun's MNIST: big-endian header, then one byte per value. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DatasetId, idxFiles } from './data-sources'

export interface LabelledImages {
  /** [count, 28, 28], one byte per pixel. */
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
  readonly count: number
}

/** Bytes of one 28 x 28 image. */
export const imageBytes = 28 * 28

export function cachedFile(id: DatasetId, key: keyof typeof idxFiles): string {
  const url = new URL(`../../.cache/datasets/${id}/${idxFiles[key]}`, import.meta.url)
  return fileURLToPath(url)
}

/** The values of an IDX file of unsigned bytes with the given sides after the first. */
function readIdx(file: string, sides: readonly number[]): { count: number; values: Uint8Array } {
  if (!existsSync(file)) {
    throw new Error(`${file} is missing: run npx tsx scripts/samples/fetch-data.ts first.`)
  }
  const bytes = new Uint8Array(readFileSync(file))
  const header = new DataView(bytes.buffer, bytes.byteOffset)
  const rank = sides.length + 1
  const magic = 0x0800 | rank // 8: unsigned bytes
  if (header.getUint32(0) !== magic) throw new Error(`${file}: not an IDX file of rank ${rank}.`)
  const count = header.getUint32(4)
  sides.forEach((side, axis) => {
    const found = header.getUint32(8 + 4 * axis)
    if (found !== side) throw new Error(`${file}: side ${axis + 1} is ${found}, not ${side}.`)
  })
  const values = bytes.subarray(4 + 4 * rank)
  const expected = sides.reduce((product, side) => product * side, count)
  if (values.length !== expected) {
    throw new Error(`${file}: ${values.length} values, expected ${expected}.`)
  }
  return { count, values }
}

/** The official training or test part, in its official order. */
export function readOfficialPart(id: DatasetId, part: 'train' | 'test'): LabelledImages {
  const images = readIdx(cachedFile(id, `${part}Images`), [28, 28])
  const labels = readIdx(cachedFile(id, `${part}Labels`), [])
  if (images.count !== labels.count) {
    throw new Error(`${id} ${part}: ${images.count} images but ${labels.count} labels.`)
  }
  return { pixels: images.values, labels: labels.values, count: images.count }
}
