import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { maskReaders } from '../../testing/models/mask-readers'
import { randomInputs, randomNet, randomNetFiles } from '../../testing/models/random-nets'
import { createLayersModel } from '../engine/model/layers-model'
import { editModel } from '../formats/edit-model'
import type { OpenedModel } from '../formats/format'
import { openModel } from '../formats/importers'
import { nodeMacs } from '../graph/macs-of'
import { shapesOf } from '../graph/shapes-of'
import { channelEdits } from './channel-edits'
import { mapChannels } from './channel-map'
import { scoreChannels } from './channel-scores'
import { chooseChannels } from './choose-channels'
import { blockEdits, depthBlocks } from './depth-blocks'

const go = (): Promise<void> => Promise.resolve()
const NETS = 100
const target = {
  criterion: 'l2',
  of: 'channels',
  share: 0.5,
  scope: 'global',
  protectFirst: false,
  seed: 1,
} as const

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function answers(model: OpenedModel, inputs: readonly tf.Tensor[]): Promise<number[][]> {
  const runnable = await createLayersModel(model)
  const outputs = runnable.predict(inputs)
  const values = await Promise.all(outputs.map(async (output) => Array.from(await output.data())))
  tf.dispose(outputs)
  runnable.dispose()
  return values
}

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
    const floats = model.weights.flatMap(({ spec, values }) =>
      values instanceof Float32Array ? [{ spec, values }] : [],
    )
    const scores = await scoreChannels(map, floats, target.criterion, target.seed, go)
    const removed = chooseChannels(map, scores, nodeMacs(graph), new Set(), target)
    if (removed.size > 0) {
      cuts++
      const smaller = await editModel(model, channelEdits(graph, map, removed), go)
      const wanted = await answers(maskReaders(model, map, removed), inputs)
      const found = await answers(smaller, inputs)
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
      const found = await answers(shallow, inputs)
      expect(found.flat().every(Number.isFinite), `net ${seed} without ${id}`).toBe(true)
    }
    tf.dispose(inputs)
  }
  expect(cuts).toBeGreaterThan(10)
  expect(blocks).toBeGreaterThan(40)
})
