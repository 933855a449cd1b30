/**
 * Writes `public/datasets/`: every split of both data sets as packed bytes, and `dataset.json` that
 * describes them. Needs the files of fetch-data.ts. Run: `npx tsx scripts/samples/pack-data.ts`
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, gzipSync } from 'node:zlib'
import type { DatasetManifest, PackedFile } from '../../src/core/dataset-manifest'
import { dataSources, datasetIds } from './data-sources'
import { imageBytes } from './idx-files'
import { type Split, splitDataset } from './splits'

const publicFolder = fileURLToPath(new URL('../../public/datasets', import.meta.url))

/** Not named .gz: some servers unpack such files on the way and the lengths no longer match. */
function writePacked(folder: string, name: string, bytes: Uint8Array): PackedFile {
  const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION })
  const file = `${name}.bin`
  writeFileSync(path.join(folder, file), packed)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { path: file, packedBytes: packed.length, bytes: bytes.length, sha256 }
}

function packSplit(folder: string, split: Split, limit: number): DatasetManifest['splits'][number] {
  const count = Math.min(split.count, limit)
  return {
    name: split.name,
    count,
    availableCount: split.count,
    duplicatesDropped: split.dropped,
    images: writePacked(
      folder,
      `${split.name}-images`,
      split.pixels.subarray(0, count * imageBytes),
    ),
    labels: writePacked(folder, `${split.name}-labels`, split.labels.subarray(0, count)),
  }
}

for (const id of datasetIds) {
  const { name, licence, source, classNames, shippedTrainImages, splitSeed } = dataSources[id]
  const folder = path.join(publicFolder, id)
  mkdirSync(folder, { recursive: true })
  const manifest: DatasetManifest = {
    id,
    name,
    licence,
    source,
    classNames: [...classNames],
    imageShape: [28, 28, 1],
    pixelScale: { divideBy: 255 },
    splitSeed,
    splits: splitDataset(id).map((split) => packSplit(folder, split, shippedTrainImages)),
  }
  writeFileSync(path.join(folder, 'dataset.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const { name: split, count, availableCount, duplicatesDropped } of manifest.splits) {
    console.log(`${id} ${split}: ${count} of ${availableCount}, ${duplicatesDropped} dropped`)
  }
}
