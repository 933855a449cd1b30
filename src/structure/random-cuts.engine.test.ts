import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { answersOf, chosenChannels, halfOfAll } from '../../testing/engine/cut-ground'
import { maskReaders } from '../../testing/models/mask-readers'
import { randomInputs, randomNet, randomNetFiles } from '../../testing/models/random-nets'
import { editModel } from '../formats/edit-model'
import { openModel } from '../formats/importers'
import { shapesOf } from '../graph/shapes-of'
import { channelEdits } from './channel-edits'
import { mapChannels } from './channel-map'
import { blockEdits, depthBlocks } from './depth-blocks'

const go = (): Promise<void> => Promise.resolve()
const NETS = 100
beforeAll(async () => {
  await tf.setBackend('cpu')
})

function scaleOf(values: readonly number[]): number {
  return Math.max(1, ...values.map(Math.abs))
}

it(`a cut computes what the whole does with nobody reading what is gone, on ${NETS} nets of all layers`, async () => {
  let [cuts, blocks] = [0, 0]
  for (let seed = 1; seed <= NETS; seed++) {
    const model = await openModel(await randomNetFiles(seed), go)
    if (model.obstacles.run !== null) continue
    const { graph } = model
    const shapes = shapesOf(graph)
    const stock = randomNet(seed)
    const inputs = randomInputs(stock, 2, seed)
    stock.dispose()
    const map = mapChannels(graph, shapes)
    const removed = await chosenChannels(model, map, { ...halfOfAll, criterion: 'l2' })
    if (removed.size > 0) {
      cuts++
      const smaller = await editModel(model, channelEdits(graph, map, removed), go)
      const wanted = await answersOf(maskReaders(model, map, removed), inputs)
      const found = await answersOf(smaller, inputs)
      wanted.forEach((values, output) => {
        values.forEach((value, at) => {
          const off = Math.abs(value - (found[output]?.[at] ?? NaN)) / scaleOf(values)
          expect(off, `net ${seed}, output ${output}`).toBeLessThan(1e-5)
        })
      })
    }
    for (const { id, layers } of depthBlocks(graph, shapes)) {
      blocks++
      const shallow = await editModel(model, blockEdits(graph, shapes, [id]), go)
      expect(shallow.layers).toHaveLength(model.layers.length - layers.length)
      const found = await answersOf(shallow, inputs)
      expect(found.flat().every(Number.isFinite), `net ${seed} without ${id}`).toBe(true)
    }
    tf.dispose(inputs)
  }
  expect(cuts).toBeGreaterThan(10)
  expect(blocks).toBeGreaterThan(40)
})
