import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { converted, recordedCase } from '../../../testing/files/converted-keras'
import { answeredByStock, asBundle } from '../../../testing/files/written-again'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { Program } from '../../engine/program/program'
import { exactTarget, writeModel } from '../exporters'
import { openModel } from '../importers'

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const go = (): Promise<void> => Promise.resolve()

it.each([
  ...['categories.tfkeras', 'cropped.tfkeras', 'cropped_at_random.tfkeras', 'recurrent.tfkeras'],
  ...['settings.tfkeras', 'bent_tf.tfkeras', 'transformer.tfkeras', 'efficient.keras3'],
  ...['categories.keras3', 'settings.keras3', 'functions.keras3', 'placed_ops.keras3'],
])('%s says in a model.json what Keras says, and so does its download', async (name) => {
  const record = recordedCase(name)
  const opened = await openModel(await converted(record), go)
  expect(opened.obstacles.run).toBeNull()
  expect(opened.notes.map(({ code }) => code)).toContain('note/as-keras-computes')
  const inputs = record.inputs.map(({ shape, values }) => tf.tensor(values, [...shape]))
  const wanted = record.outputs.map(({ shape, values }) => ({
    ...{ shape, dtype: 'float32' },
    values: [...values],
  }))
  const { files } = await writeModel(opened, opened.weights, exactTarget(opened), go)
  for (const bundle of [null, files]) {
    const model = bundle === null ? opened : await openModel(asBundle(bundle), go)
    const program = new Program(model)
    const found = program.predict(inputs)
    expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(1e-5)
    tf.dispose(found)
    program.dispose()
  }
  const found = await answeredByStock(tf, files, inputs)
  expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(1e-5)
  tf.dispose([inputs, found])
})

it('what TensorFlow.js itself saved means what TensorFlow.js computes, or is named', async () => {
  const opened = await openModel(
    await converted(recordedCase('cropped.tfkeras'), 'tfjs-layers 4.22.0'),
    go,
  )
  expect(opened.obstacles.run).toMatchObject({
    code: 'open/unknown-layer',
    params: { layer: 'less', className: 'CenterCrop' },
  })
  expect(opened.weights.length).toBe(6)
})
