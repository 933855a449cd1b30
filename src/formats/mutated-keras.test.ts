import { expect, test } from 'vitest'
import { kerasBytes } from '../../testing/files/keras-files'
import { mutateBytes } from '../../testing/files/mutate-bytes'
import { sentence } from '../../testing/files/refusals'
import { StudioError } from '../core/errors'
import { createRandom } from '../core/random'
import { memoryFile } from '../files/file-bundle'
import type { OpenedModel } from './format'
import { openModel } from './importers'

const go = () => Promise.resolve()

/** 2,000 with `MUTATIONS=2000`: all of them take a minute. */
const ROUNDS = Number(process.env['MUTATIONS'] ?? 200)

/** What a file may read for each of its bytes: structures in pages, then numbers, then both again for a checksum. */
const MOST_READS = 4

/** Every outcome but an opened model has to be a refusal whose sentence is complete, and costs no more than the file. */
async function outcome(name: string, bytes: Uint8Array): Promise<OpenedModel | null> {
  const file = memoryFile(name, bytes)
  let read = 0
  const watched = {
    ...file,
    read: (start: number, end: number) => {
      read += end - start
      return file.read(start, end)
    },
  }
  try {
    return await openModel([watched], go)
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    if (/undefined|\[object|not a function|Cannot read/.test(sentence(error.toData()))) throw error
    return null
  } finally {
    expect(read).toBeLessThanOrEqual(MOST_READS * bytes.length + 2 ** 16)
  }
}

const numbers = ({ weights }: OpenedModel) => weights.map(({ spec, values }) => [spec, values])

/** HDF5 has no checksum of its numbers, a zip has one of all that is in it. */
const cases = [
  ['small.keras3.h5', false],
  ['small.tfkeras.h5', false],
  ['small.keras3.weights.h5', false],
  ['small.tfkeras.alone.h5', false],
  ['small.keras3.keras', true],
] as const

test.each(cases)('damaged copies of %s: opened or refused, nothing else', async (name, isKept) => {
  const original = kerasBytes(name)
  const whole = await outcome(name, original)
  if (whole === null) throw new Error(`${name} does not open`)
  const random = createRandom(22)
  const counts = { opened: 0, refused: 0 }
  for (let round = 0; round < Math.ceil(ROUNDS / cases.length); round++) {
    const { bytes, done } = mutateBytes(original, () => random.uniform())
    try {
      const opened = await outcome(name, bytes)
      counts[opened === null ? 'refused' : 'opened']++
      if (opened !== null && isKept) expect(numbers(opened)).toEqual(numbers(whole))
    } catch (error) {
      throw new Error(`round ${round}: ${done}`, { cause: error })
    }
  }
  expect(counts.refused).toBeGreaterThan(10)
  if (!isKept) expect(counts.opened).toBeGreaterThan(10)
})
