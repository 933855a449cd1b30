import { createHash } from 'node:crypto'
import { readData } from '../../src/data/read-data.ts'
import { splitSamples } from '../../src/data/split-samples.ts'
import { memoryFile } from '../../src/files/file-bundle.ts'

/** A picture of a folder, and the place of its class among their names. */
interface LabelledPicture {
  readonly png: Uint8Array
  readonly label: number
}

/**
 * The pictures that the studio's rule puts into a split, in its order.
 * @param folder what was dropped; `files` are those below it
 */
export async function splitPictures(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  split: 'validation' | 'test',
): Promise<LabelledPicture[]> {
  const bundle = [...files].map(([path, bytes]) => memoryFile(`${folder}/${path}`, bytes))
  const wishes = { choices: {}, inputs: [] }
  const { source } = await readData(bundle, wishes, () => Promise.resolve())
  const { samples: [samples] = [], labels } = source ?? {}
  if (samples?.kind !== 'images' || labels?.kind !== 'classes') throw new Error('no classes')
  const sorted = samples.files.map(
    ({ path }) => files.get(path.slice(folder.length + 1)) ?? new Uint8Array(),
  )
  const hashes = sorted.map((bytes) => createHash('sha256').update(bytes).digest('hex'))
  const splits = splitSamples({ dataset: folder, hashes, strata: labels.values, seed: 42 })
  return Array.from(splits[split], (sample) => ({
    png: sorted[sample] ?? new Uint8Array(),
    label: labels.values[sample] ?? -1,
  }))
}
