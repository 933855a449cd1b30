/**
 * Trains the small networks of the tests and writes `taught-weights.json`: a test that waits for training
 * in Node is minutes slower. Run: `npx tsx testing/models/teach-bars.ts`.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { barClasses, barModel, bars, residualModel } from './bar-model'

await tf.setBackend('cpu')
const weights = {
  bars: await teach(barModel(), 12),
  residual: await teach(residualModel(), 6),
}
const file = fileURLToPath(new URL('taught-weights.json', import.meta.url))
writeFileSync(file, `${JSON.stringify(weights, null, 2)}\n`)

/** Float32 values of all weights in base64. */
async function teach(model: tf.LayersModel, epochs: number): Promise<string> {
  const { pixels, labels } = bars(400, 9)
  const inputs = Float32Array.from(pixels, (value) => value / 255)
  const x = tf.tensor(inputs, [400, ...(model.inputs[0]?.shape.slice(1).map(Number) ?? [])])
  const y = tf.oneHot(tf.tensor1d(labels, 'int32'), barClasses)
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' })
  await model.fit(x, y, { epochs, batchSize: 32, yieldEvery: 'never' })
  const values = model.getWeights().map((tensor) => tensor.dataSync<'float32'>())
  return Buffer.concat(
    values.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ).toString('base64')
}
