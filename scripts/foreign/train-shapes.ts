/**
 * Trains a small network on pictures of shapes, shown the way nobody would guess at once: 32 x 32, blue
 * first, numbers from -1 to 1. Writes `e2e/fixtures/shapes-model/`.
 * Run: `npx tsx scripts/foreign/train-shapes.ts`
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { normalizeBytes, withScale } from '../../src/data/preparation'
import { prepareImage } from '../../src/data/resize-image'
import { installTrainingKernels } from '../../testing/engine/install-training-kernels'
import { savedFiles } from '../../testing/models/stock-model'
import { readKernelModule, startWasmBackend } from '../../src/engine/host/wasm-in-node'
import { shapeOutputs, shapePicture } from '../../testing/files/shape-pictures'

const SIDE = 32
const PICTURES = 3000
const EPOCHS = 6
const BATCH = 50
const folder = 'e2e/fixtures/shapes-model'

const preparation = withScale(
  {
    fit: 'stretch',
    height: SIDE,
    width: SIDE,
    color: 'bgr',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  'signed',
)

function pictures(seed: number, count: number): { x: tf.Tensor4D; labels: Int32Array } {
  const size = SIDE * SIDE * 3
  const values = new Float32Array(count * size)
  const labels = new Int32Array(count)
  for (let index = 0; index < count; index++) {
    const { image, shape } = shapePicture(seed, index)
    normalizeBytes(
      prepareImage(image, preparation),
      preparation,
      values.subarray(index * size, (index + 1) * size),
    )
    labels[index] = shapeOutputs.indexOf(shape)
  }
  return { x: tf.tensor4d(values, [count, SIDE, SIDE, 3]), labels }
}

await startWasmBackend()
const kernels = await installTrainingKernels(readKernelModule())
const init = (seed: number) => tf.initializers.heNormal({ seed })
const model = tf.sequential({
  name: 'shapes',
  layers: [
    tf.layers.conv2d({
      inputShape: [SIDE, SIDE, 3],
      filters: 12,
      kernelSize: 3,
      strides: 2,
      activation: 'relu',
      padding: 'same',
      kernelInitializer: init(1),
      name: 'first',
    }),
    tf.layers.conv2d({
      filters: 24,
      kernelSize: 3,
      strides: 2,
      activation: 'relu',
      padding: 'same',
      kernelInitializer: init(2),
      name: 'second',
    }),
    tf.layers.flatten({ name: 'flat' }),
    tf.layers.dense({ units: 32, activation: 'relu', kernelInitializer: init(3), name: 'hidden' }),
    tf.layers.dense({
      units: shapeOutputs.length,
      activation: 'softmax',
      kernelInitializer: init(4),
      name: 'answer',
    }),
  ],
})
const train = pictures(1, PICTURES)
const test = pictures(2, 1000)
const optimizer = tf.train.adam(0.002)
const y = tf.oneHot(tf.tensor1d(train.labels, 'int32'), shapeOutputs.length)
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let loss = 0
  for (let start = 0; start < PICTURES; start += BATCH)
    tf.tidy(() => {
      const cost = optimizer.minimize(() => {
        const answers = model.apply(train.x.slice(start, BATCH), { training: true }) as tf.Tensor
        return tf.metrics.categoricalCrossentropy(y.slice(start, BATCH), answers).mean().asScalar()
      }, true)
      loss += cost?.dataSync()[0] ?? NaN
    })
  const answers = tf.tidy(() => (model.predict(test.x) as tf.Tensor).argMax(1).dataSync())
  const right = test.labels.filter((label, index) => answers[index] === label).length
  console.log(`epoch ${epoch}: loss ${((loss * BATCH) / PICTURES).toFixed(4)}, ${right} of 1000`)
}
mkdirSync(folder, { recursive: true })
for (const file of await savedFiles(tf, model))
  writeFileSync(join(folder, file.path), await file.read(0, file.size))
writeFileSync(join(folder, 'outputs.txt'), `${shapeOutputs.join('\n')}\n`)
kernels.uninstall()
