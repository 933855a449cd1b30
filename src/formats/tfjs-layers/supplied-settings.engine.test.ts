import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { answeredByOnnx } from '../../../testing/engine/onnx-written'
import { answeredHere, asTensors, madeInputs } from '../../../testing/matrix/made-inputs'
import { loadGraphWithStock, loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { memoryFile } from '../../files/file-bundle'
import { targetsOf, writeModel } from '../exporters'
import type { ExportedModel } from '../exporter'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'

const go = () => Promise.resolve()

/** As a share of the largest value of an output. */
const bound = 1e-5

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const separable = (name: string, more: object = {}) =>
  tf.layers.separableConv2d({
    ...{ name, filters: 5, kernelSize: 3, depthMultiplier: 2, biasInitializer: 'randomNormal' },
    ...more,
  })

const nets: Readonly<Record<string, () => tf.LayersModel>> = {
  'two filters of each channel': () =>
    tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: [8, 8, 3], name: 'input' }),
        separable('a', { padding: 'same' }),
        tf.layers.batchNormalization({ name: 'n' }),
        separable('b', { strides: 2, depthMultiplier: 3, activation: 'relu', useBias: false }),
        separable('c', { depthMultiplier: 1 }),
      ],
    }),
  'at each step': () =>
    tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: [4, 6, 6, 2], name: 'input' }),
        tf.layers.timeDistributed({ name: 't', layer: separable('a') }),
      ],
    }),
}

/** What stock TensorFlow.js makes of them, each with the weights that the file says. */
async function answeredByStock({ files, usage }: ExportedModel, given: tf.Tensor[]) {
  const isGraph = usage.code.includes('loadGraphModel')
  const model = await (isGraph ? loadGraphWithStock(tf, files) : loadWithStock(tf, files))
  const found = [model.predict(given) as tf.Tensor].flat()
  const answers = answersOf(found)
  tf.dispose(found)
  model.dispose()
  return answers
}

for (const [name, make] of Object.entries(nets))
  it(`${name}, which a file of stock TensorFlow.js does not say`, async () => {
    const net = make()
    const files = await savedFiles(tf, net)
    const model: OpenedModel = await openModel(files, go)
    const inputs = madeInputs(model)
    const given = asTensors(inputs)
    const wanted = [net.predict(given) as tf.Tensor]
    const stock = answersOf(wanted)
    net.dispose()
    const values = model.weights.map((weight) => weight.values)
    expect(model.obstacles.run).toBeNull()
    expect(distance(answeredHere(model, values, inputs), stock)).toBeLessThanOrEqual(bound)

    const ran = new Set<string>()
    for (const target of targetsOf(model)) {
      if (target.precision !== 'exact') continue
      const exported = await writeModel(model, model.weights, target, go)
      const again = exported.files.map(({ bytes, path }) => memoryFile(path, bytes))
      ran.add(target.container)
      if (target.container === 'onnx') {
        const found = await answeredByOnnx(exported.files[0]?.bytes ?? new Uint8Array(0), given)
        expect(distance(answersOf(found), stock), target.container).toBeLessThanOrEqual(bound)
        tf.dispose(found)
      } else if (target.container === 'tfjs') {
        const found = await answeredByStock(exported, given)
        expect(distance(found, stock), target.container).toBeLessThanOrEqual(bound)
      } else if (target.container !== 'kerasWeights') {
        const reopened = await openModel(again, go)
        const own = reopened.weights.map((weight) => weight.values)
        const found = answeredHere(reopened, own, inputs)
        expect(distance(found, stock), target.container).toBeLessThanOrEqual(bound)
      }
    }
    expect([...ran]).toEqual(['tfjs', 'keras', 'kerasH5', 'kerasWeights', 'onnx'])
    tf.dispose([given, wanted])
  })
