import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { randomInputs, randomNet } from '../../../testing/models/random-nets'
import { sampleBytes } from '../../../testing/models/sample-files'
import { loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { memoryFile } from '../../files/file-bundle'
import { writeModel } from '../../formats/exporters'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { createPipeline } from '../pipeline'
import { defaultRecipe, withConfig } from '../recipe'

const go = (): Promise<void> => Promise.resolve()
const target = { container: 'tfjs', precision: 'exact' } as const
const on = withConfig(defaultRecipe, 'equalize', {}, true)

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** How far the outputs of stock TensorFlow.js are from those before, and how many tensors were scaled. */
async function equalized(model: OpenedModel, seed: number): Promise<readonly [number, number]> {
  const weights = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const { factors, tensors } = createPipeline(weights, model.graph).runAll(on)
  const made = new Map(tensors.map(({ encoded }) => [encoded.spec.name, encoded]))
  const own = model.weights.map((weight) => made.get(weight.spec.name) ?? weight)
  const nets = await Promise.all(
    [model.weights, own].map(async (all) =>
      loadWithStock(tf, (await writeModel(model, all, target, go)).files),
    ),
  )
  const inputs = nets[0] === undefined ? [] : randomInputs(nets[0], 2, seed)
  const answers = nets.map((net) => answersOf([net.predict(inputs)].flat()))
  for (const net of nets) net.dispose()
  tf.dispose(inputs)
  return [distance(answers[1] ?? [], answers[0] ?? []), factors.size]
}

const NETS = 30

it(`${NETS} random nets answer as before`, async () => {
  let scaled = 0
  for (let seed = 0; seed < NETS; seed++) {
    const net = randomNet(seed)
    const model = await openModel(await savedFiles(tf, net), go)
    net.dispose()
    const [apart, count] = await equalized(model, seed)
    expect(apart, `net ${seed}`).toBeLessThanOrEqual(1e-5)
    scaled += count
  }
  expect(scaled).toBeGreaterThan(3)
})

it.each([
  ['lenet-300-100', 5],
  ['lenet-5', 7],
  ['fashion-cnn', 45],
  ['vgg-small', 15],
])('%s answers as before, with %d tensors in other scales', async (id, count) => {
  const files = [...sampleBytes(id)].map(([name, bytes]) => memoryFile(name, bytes))
  const [apart, scaled] = await equalized(await openModel(files, go), 1)
  expect(apart).toBeLessThanOrEqual(1e-5)
  expect(scaled).toBe(count)
})
