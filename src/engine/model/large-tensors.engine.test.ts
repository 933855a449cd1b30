import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { graphBundle, smallGraph } from '../../../testing/files/graph-files'
import { bundleOf, smallModel } from '../../../testing/files/layers-files'
import { openModel } from '../../formats/importers'
import type { OpenedModel } from '../../formats/format'
import { startWasmBackend } from '../host/wasm-in-node'
import { buildInstant } from './build-model'
import { REPLACED_AT_ONCE } from './replaced-at-once'
import type { InstantModel } from './runnable-model'

const go = () => Promise.resolve()

beforeAll(startWasmBackend)
afterAll(async () => {
  await tf.setBackend('cpu')
})

/** Inputs and outputs of the wide layer: its kernel is larger than what is replaced at once. */
const WIDE = 2100

/** A dense layer of many weights. */
function wideModel(): Promise<OpenedModel> {
  const files = smallModel()
  const [input, first] = files.json.modelTopology.model_config.config.layers
  if (input === undefined || first === undefined) throw new Error('no layers')
  Object.assign(input.config, { batch_input_shape: [null, WIDE] })
  Object.assign(first.config, { units: WIDE })
  files.json.modelTopology.model_config.config.layers.splice(2)
  files.json.modelTopology.model_config.config.output_layers = [['first', 0, 0]]
  const weights = [
    { name: 'first/kernel', shape: [WIDE, WIDE], dtype: 'float32' },
    { name: 'first/bias', shape: [WIDE], dtype: 'float32' },
  ]
  files.json.weightsManifest = [{ paths: ['all.bin'], weights }]
  const values = new Float32Array(WIDE * WIDE + WIDE).fill(0.5)
  return openModel(
    bundleOf({ json: files.json, shards: new Map([['all.bin', new Uint8Array(values.buffer)]]) }),
    go,
  )
}

/** The first number that a model computes from ones. */
function answer(model: InstantModel): number {
  return tf.tidy(() => {
    const inputs = model.inputs.map(({ shape }) => tf.ones(shape.map((side) => side ?? 1)))
    return model.predict(inputs)[0]?.dataSync()[0] ?? NaN
  })
}

it('a large tensor is given back before its successor is made, and computes like any other', async () => {
  expect(WIDE * WIDE).toBeGreaterThan(REPLACED_AT_ONCE)
  const opened = await wideModel()
  const model = await buildInstant(opened)
  expect(answer(model)).toBe(0.5 * WIDE + 0.5)
  const before = tf.memory()
  const { backend } = tf.engine()
  const write = backend.write.bind(backend)
  const disposeData = backend.disposeData.bind(backend)
  const events: string[] = []
  backend.write = (values, shape, dtype) => {
    if (shape.reduce((product, side) => product * side, 1) > REPLACED_AT_ONCE) events.push('taken')
    return write(values, shape, dtype)
  }
  backend.disposeData = (...given) => {
    const isFree = disposeData(...given)
    if (isFree) events.push('given back')
    return isFree
  }
  try {
    for (const value of [0.25, 2]) {
      const weights = opened.weights.map(({ spec, values }) => ({
        spec,
        values: new Float32Array(values.length).fill(value),
      }))
      events.length = 0
      await model.setWeights(weights, go)
      expect(events.slice(0, 2)).toEqual(['given back', 'taken'])
      expect(answer(model)).toBe(value * WIDE + value)
    }
  } finally {
    Object.assign(backend, { write, disposeData })
  }
  expect(tf.memory().numTensors).toBe(before.numTensors)
  expect(tf.memory().numBytes).toBe(before.numBytes)
  model.dispose()
})

it('weights of a graph that are replaced leave no tensor behind, also where that is left half-way', async () => {
  const opened = await openModel(graphBundle(smallGraph()), go)
  const model = await buildInstant(opened)
  const { numTensors } = tf.memory()
  const changed = opened.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values: values.map((value) => value / 2) }] : [],
  )
  const first = answer(model)
  let calls = 0
  const stopped = model.setWeights(changed, () =>
    ++calls === 3 ? Promise.reject(new Error('stop')) : go(),
  )
  await expect(stopped).rejects.toThrow('stop')
  await model.setWeights(changed, go)
  expect(answer(model)).not.toBe(first)
  const original = opened.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  await model.setWeights(original, go)
  expect(answer(model)).toBe(first)
  expect(tf.memory().numTensors).toBe(numTensors)
  model.dispose()
})
