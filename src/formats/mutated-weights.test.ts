import { expect, test } from 'vitest'
import { onnxFiles } from '../../testing/files/onnx-nets'
import { smallCheckpoint, smallPickle, zippedPickle } from '../../testing/files/pickle-files'
import { sentence } from '../../testing/files/refusals'
import { safetensorsFile } from '../../testing/files/safetensors-files'
import { StudioError } from '../core/errors'
import { createRandom } from '../core/random'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import { openModel } from './importers'

/** Many more by `npm run check:mutations`. */
const ROUNDS = Number(process.env['MUTATIONS'] ?? 300)
const go = () => Promise.resolve()

/** Everything that a person would see of what was opened. */
async function outcome(files: FileBundle): Promise<string> {
  try {
    const { weights } = await openModel(files, go)
    return JSON.stringify(weights.map(({ spec, values }) => [spec, [...values]]))
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    const text = sentence(error.toData())
    if (/undefined|\[object|not a function|Cannot read/.test(text)) throw error
    return 'refused'
  }
}

async function bytesOf([file]: FileBundle): Promise<Uint8Array> {
  return (await file?.read(0, file.size)) ?? new Uint8Array(0)
}

const kinds: readonly (readonly [string, number, Uint8Array, (bytes: Uint8Array) => FileBundle])[] =
  [
    [
      'safetensors',
      31,
      await bytesOf(safetensorsFile()),
      (bytes) => [memoryFile('a.safetensors', bytes)],
    ],
    [
      'models of ONNX',
      34,
      await bytesOf(onnxFiles('cnn')),
      (bytes) => [memoryFile('a.onnx', bytes)],
    ],
    ['checkpoints', 32, await bytesOf(smallCheckpoint()), (bytes) => [memoryFile('a.pth', bytes)]],
    // With the sums of the zip in order, so that what reads pickles meets the damage.
    ['pickles', 33, smallPickle(), (bytes) => [memoryFile('a.pth', zippedPickle(bytes))]],
  ]

test.each(kinds)('damaged %s are opened or refused', async (kind, seed, whole, filesOf) => {
  const untouched = await outcome(filesOf(whole))
  const random = createRandom(seed)
  const counts = { same: 0, other: 0, refused: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = whole.slice()
    const changes = 1 + Math.floor(3 * random.uniform())
    const places = Array.from({ length: changes }, () =>
      Math.floor(bytes.length * random.uniform()),
    )
    for (const at of places) bytes[at] = Math.floor(256 * random.uniform())
    const left = random.uniform() < 0.1 ? bytes.slice(0, places[0]) : bytes
    try {
      const found = await outcome(filesOf(left))
      counts[found === 'refused' ? found : found === untouched ? 'same' : 'other']++
    } catch (error) {
      throw new Error(`round ${round}: bytes ${places.join(', ')}`, { cause: error })
    }
  }
  if (process.env['MUTATIONS'] !== undefined) console.log(kind, ROUNDS, counts)
  expect(counts.refused).toBeGreaterThan(ROUNDS / 4)
  // A zip has sums of its bytes; in the others a changed name or weight is another file.
  if (kind === 'checkpoints') expect(counts.other).toBe(0)
})
