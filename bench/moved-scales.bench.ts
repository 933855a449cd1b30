import * as tf from '@tensorflow/tfjs'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { memoryFile } from '../src/files/file-bundle'
import { writeModel } from '../src/formats/exporters'
import { openModel } from '../src/formats/importers'
import { createPipeline } from '../src/techniques/pipeline'
import { sampleBytes } from '../testing/models/sample-files'
import { loadWithStock } from '../testing/models/stock-model'
import { recipeWith } from '../testing/studio/recipe-with'
import { emit, quartiles, round } from './emit'

/**
 * What normalizations cost that take the scales of channels: predictions of stock TensorFlow.js on WebAssembly, one batch
 * of 100 pictures, by the file with moved scales and by the same weights as floats in the layers as they were. In turn, and
 * in milliseconds of the processor, so that both meet the same load.
 */
const ROUNDS = 41
const BATCH = 100

const go = (): Promise<void> => Promise.resolve()

await startWasmBackend()
for (const id of ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small']) {
  const model = await openModel(
    [...sampleBytes(id)].map(([name, bytes]) => memoryFile(name, bytes)),
    go,
  )
  const weights = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const quantize = { bits: 4, granularity: 'perChannel', symmetry: 'symmetric' } as const
  const { tensors } = createPipeline(weights, model.graph).runAll(recipeWith({ quantize }))
  const made = new Map(tensors.map(({ encoded }) => [encoded.spec.name, encoded]))
  const own = model.weights.map((weight) => made.get(weight.spec.name) ?? weight)
  const file = async (precision: 'exact' | 'float32') =>
    writeModel(model, own, { container: 'tfjs', precision }, go)
  const moved = await file('exact')
  const nets = [
    await loadWithStock(tf, (await file('float32')).files),
    await loadWithStock(tf, moved.files),
  ] as const
  const input = tf.randomUniform([BATCH, ...(nets[0].inputs[0]?.shape.slice(1) ?? []).map(Number)])
  const times: readonly [number[], number[]] = [[], []]
  for (let turn = -3; turn < ROUNDS; turn++)
    for (const [at, net] of nets.entries()) {
      const start = process.cpuUsage()
      const answer = net.predict(input) as tf.Tensor
      await answer.data()
      answer.dispose()
      if (turn >= 0) times[at]?.push(process.cpuUsage(start).user / 1000)
    }
  const [plain, scaled] = [quartiles(times[0]), quartiles(times[1])]
  emit('moved-scales', {
    ...{ model: id, batch: BATCH, inserted: moved.scales?.inserted.length ?? 0 },
    plainMs: plain,
    movedMs: scaled,
    ratio: round(scaled.median / plain.median),
  })
  for (const net of nets) net.dispose()
  input.dispose()
}
