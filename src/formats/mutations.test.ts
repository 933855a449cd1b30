import { expect, test } from 'vitest'
import { bundleOf, richModel, smallModel, textBytes } from '../../testing/files/layers-files'
import { graphBundle, smallGraph } from '../../testing/files/graph-files'
import { mutateModel } from '../../testing/files/mutate-model'
import { sentence } from '../../testing/files/refusals'
import { StudioError } from '../core/errors'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import { createRandom } from '../core/random'
import { openModel } from './importers'

const go = () => Promise.resolve()

/** A node or a weight of a graph is written in so many bytes at the least. */
const LEAST_WRITTEN = 10

/**
 * Every outcome but an opened model has to be a refusal whose sentence is complete. What a file asks for costs no more
 * than what it holds: a byte is read once, and what is in the graph was written somewhere. Numbers of damaged files are
 * beyond all counting, so that who counts to one, or makes room for it, does not come to an end here.
 */
async function outcome(bundle: FileBundle): Promise<'opened' | 'refused'> {
  const held = bundle.reduce((sum, { size }) => sum + size, 0)
  let read = 0
  const watched = bundle.map((file) => ({
    ...file,
    read: (start: number, end: number) => {
      read += end - start
      return file.read(start, end)
    },
  }))
  try {
    const { graph } = await openModel(watched, go)
    const parts = graph.nodes.length + graph.parameters.size + graph.constants.size
    expect(LEAST_WRITTEN * parts).toBeLessThanOrEqual(held)
    return 'opened'
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    const text = sentence(error.toData())
    if (/undefined|\[object|not a function|Cannot read/.test(text)) throw error
    return 'refused'
  } finally {
    expect(read).toBeLessThanOrEqual(held)
  }
}

test.each([
  [11, smallModel],
  [12, richModel],
])('1,000 damaged models, seed %d: opened or refused, nothing else', async (seed, build) => {
  const random = createRandom(seed)
  const next = () => random.uniform()
  const counts = { opened: 0, refused: 0 }
  for (let round = 0; round < 1000; round++) {
    const files = build()
    const done = [mutateModel(files, next)]
    while (random.uniform() < 0.3) done.push(mutateModel(files, next))
    try {
      counts[await outcome(bundleOf(files))]++
    } catch (error) {
      throw new Error(`round ${round}: ${done.join('; ')}`, { cause: error })
    }
  }
  expect(counts.refused).toBeGreaterThan(400)
  expect(counts.opened).toBeGreaterThan(50)
})

test('1,000 damaged graphs: opened or refused, nothing else', async () => {
  const random = createRandom(14)
  const counts = { opened: 0, refused: 0 }
  for (let round = 0; round < 1000; round++) {
    const files = smallGraph()
    const done = mutateModel(files, () => random.uniform())
    try {
      counts[await outcome(graphBundle(files))]++
    } catch (error) {
      throw new Error(`round ${round}: ${done}`, { cause: error })
    }
  }
  expect(counts.refused).toBeGreaterThan(250)
  expect(counts.opened).toBeGreaterThan(50)
})

test('1,000 damaged texts: model.json with bytes flipped, dropped or repeated', async () => {
  const random = createRandom(13)
  const [, ...shards] = bundleOf(richModel())
  const text = JSON.stringify(richModel().json)
  for (let round = 0; round < 1000; round++) {
    const at = Math.floor(random.uniform() * text.length)
    const length = Math.floor(random.uniform() ** 4 * 200)
    const middle = ['', text.slice(at, at + 2 * length), '\u0000', '[[[[', '"', 'é', '\\u00'][
      Math.floor(random.uniform() * 7)
    ]
    const damaged = text.slice(0, at) + (middle ?? '') + text.slice(at + length)
    await outcome([memoryFile('model.json', textBytes(damaged)), ...shards])
  }
})
