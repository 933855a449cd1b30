import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { answeredHere, asTensors, madeInputs } from '../../../testing/matrix/made-inputs'
import { loadGraphWithStock, savedFiles } from '../../../testing/models/stock-model'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { memoryFile } from '../../files/file-bundle'
import { writeModel } from '../exporters'
import { openModel } from '../importers'

const go = (): Promise<void> => Promise.resolve()

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

it.each([
  ['that are fixed', [6, 6, 6, 2]],
  ['one of which is open', [6, 6, null, 2]],
  ['that are open', [null, null, null, 2]],
])('a pool in space goes out as what WebAssembly computes right, of sides %s', async (_, sides) => {
  const net = tf.sequential({
    layers: [
      tf.layers.conv3d({ filters: 3, kernelSize: [2, 1, 3], inputShape: sides }),
      tf.layers.maxPooling3d({ poolSize: [2, 3, 2], strides: [1, 2, 2] }),
      tf.layers.conv3d({ filters: 4, kernelSize: 1 }),
    ],
  })
  const own = await openModel(await savedFiles(tf, net), go)
  net.dispose()
  const keras = await writeModel(own, own.weights, { container: 'keras', precision: 'exact' }, go)
  const model = await openModel(
    keras.files.map(({ bytes, path }) => memoryFile(path, bytes)),
    go,
  )
  expect(model.notes.map(({ code }) => code)).toContain('note/as-graph-model')
  const { files } = await writeModel(
    model,
    model.weights,
    { container: 'tfjs', precision: 'exact' },
    go,
  )
  const stock = await loadGraphWithStock(tf, files)
  const inputs = madeInputs(model)
  const given = asTensors(inputs)
  const said = [stock.predict(given) as tf.Tensor | tf.Tensor[]].flat()
  const values = model.weights.map((weight) => weight.values)
  expect(distance(answersOf(said), answeredHere(model, values, inputs))).toBeLessThanOrEqual(1e-5)
  tf.dispose([given, said])
  stock.dispose()
})
