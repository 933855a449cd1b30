/** The built-in data sets cut short: the same format and the same checks over a few hundred pictures. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { parseDatasetManifest } from '../../src/core/dataset-manifest'
import type { DatasetManifest, PackedFile, SplitName } from '../../src/core/dataset-manifest'

export type SplitCounts = Readonly<Record<SplitName, number>>

/** Pictures of each split that are left. */
export const smallCounts: SplitCounts = {
  train: 500,
  calibration: 100,
  validation: 250,
  test: 250,
}

/** For backends on which a picture takes a hundred times as long. */
export const tinyCounts: SplitCounts = { train: 80, calibration: 40, validation: 40, test: 40 }

const known = new Map<string, ReadonlyMap<string, Uint8Array<ArrayBuffer>>>()

/** The files of a built-in data set with the first pictures of each split, by name. */
export function smallDataset(
  id: string,
  counts: SplitCounts = smallCounts,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const key = JSON.stringify([id, counts])
  const files = known.get(key) ?? packed(id, counts)
  known.set(key, files)
  return files
}

/** One file by the path that the page asks for; undefined for what is no data set. */
export function smallDataFile(
  path: string,
  counts: SplitCounts,
): Uint8Array<ArrayBuffer> | undefined {
  const [, id, name] = /datasets\/([\w-]+)\/([\w.-]+)$/.exec(path) ?? []
  return id === undefined || name === undefined ? undefined : smallDataset(id, counts).get(name)
}

function packed(id: string, counts: SplitCounts): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const folder = `public/datasets/${id}`
  const manifest = parseDatasetManifest(JSON.parse(readFileSync(`${folder}/dataset.json`, 'utf8')))
  if ('field' in manifest) throw new Error(`${folder}: ${manifest.field}`)
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const shortened = (file: PackedFile, bytes: number): PackedFile => {
    const content = firstBytes(`${folder}/${file.path}`, bytes)
    const zipped = new Uint8Array(gzipSync(content, { level: 1 }))
    files.set(file.path, zipped)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return { path: file.path, packedBytes: zipped.length, bytes, sha256 }
  }
  const pictureBytes = manifest.imageShape.reduce((product, side) => product * side, 1)
  const small: DatasetManifest = {
    ...manifest,
    splits: manifest.splits.map((split) => {
      const count = Math.min(split.count, counts[split.name])
      const images = shortened(split.images, count * pictureBytes)
      return { ...split, count, images, labels: shortened(split.labels, count) }
    }),
  }
  files.set('dataset.json', new TextEncoder().encode(JSON.stringify(small)))
  return files
}

/** The start of a file after unpacking; the rest of it is not unpacked. */
function firstBytes(path: string, bytes: number): Uint8Array {
  const start = readFileSync(path).subarray(0, bytes + 1024)
  const content = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, bytes)
  if (content.length < bytes) throw new Error(`${path} ends after ${content.length} bytes`)
  return content
}
