import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../src/core/random.ts'
import type { Random } from '../src/core/random.ts'

const SHARD_BYTES = 4 * 1024 * 1024

/** Filters of the bottleneck, and how many blocks, of the four stages (He et al. 2016, arXiv:1512.03385). */
const stages = [
  { filters: 64, blocks: 3, stride: 1 },
  { filters: 128, blocks: 4, stride: 2 },
  { filters: 256, blocks: 6, stride: 2 },
  { filters: 512, blocks: 3, stride: 2 },
] as const

/**
 * Writes a ResNet-50 with seeded random weights as TensorFlow.js files: the size and the graph of the
 * real one (25.6 million weights, 16 residual blocks), without its knowledge.
 * @returns the paths of model.json and its shards
 */
export async function writeResNet50(folder: string, seed: number): Promise<string[]> {
  await tf.setBackend('cpu')
  const model = buildResNet50()
  const random = createRandom(seed)
  const entries: { name: string; shape: number[]; dtype: 'float32' }[] = []
  const buffers: Buffer[] = []
  for (const weight of model.weights) {
    const shape = weight.shape.map(Number)
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1))
    fillWeight(values, weight.originalName, shape, random)
    entries.push({ name: weight.originalName, shape, dtype: 'float32' })
    buffers.push(Buffer.from(values.buffer))
  }
  const topology: unknown = JSON.parse(JSON.stringify(model.toJSON(null, false)))
  model.dispose()

  mkdirSync(folder, { recursive: true })
  const bytes = Buffer.concat(buffers)
  const shardCount = Math.ceil(bytes.length / SHARD_BYTES)
  const paths = Array.from(
    { length: shardCount },
    (_, index) => `group1-shard${index + 1}of${shardCount}.bin`,
  )
  paths.forEach((path, index) => {
    writeFileSync(
      join(folder, path),
      bytes.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES),
    )
  })
  writeFileSync(
    join(folder, 'model.json'),
    JSON.stringify({
      format: 'layers-model',
      generatedBy: 'bench',
      convertedBy: null,
      modelTopology: topology,
      weightsManifest: [{ paths, weights: entries }],
    }),
  )
  return [join(folder, 'model.json'), ...paths.map((path) => join(folder, path))]
}

function buildResNet50(): tf.LayersModel {
  const input = tf.input({ shape: [224, 224, 3], name: 'image' })
  let x = convolution(input, 'conv1', 64, 7, 2)
  x = tf.layers
    .maxPooling2d({ poolSize: 3, strides: 2, padding: 'same', name: 'pool1' })
    .apply(x) as tf.SymbolicTensor
  stages.forEach((stage, stageIndex) => {
    for (let block = 0; block < stage.blocks; block++) {
      const name = `conv${stageIndex + 2}_block${block + 1}`
      x = bottleneck(x, name, stage.filters, block === 0 ? stage.stride : 1, block === 0)
    }
  })
  x = tf.layers.globalAveragePooling2d({ name: 'avg_pool' }).apply(x) as tf.SymbolicTensor
  const output = tf.layers
    .dense({
      units: 1000,
      activation: 'softmax',
      name: 'predictions',
      kernelInitializer: 'zeros',
    })
    .apply(x) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: output, name: 'resnet50' })
}

function bottleneck(
  input: tf.SymbolicTensor,
  name: string,
  filters: number,
  stride: number,
  project: boolean,
): tf.SymbolicTensor {
  const shortcut = project ? convolution(input, `${name}_0`, 4 * filters, 1, stride, false) : input
  let x = convolution(input, `${name}_1`, filters, 1, stride)
  x = convolution(x, `${name}_2`, filters, 3, 1)
  x = convolution(x, `${name}_3`, 4 * filters, 1, 1, false)
  const sum = tf.layers.add({ name: `${name}_add` }).apply([shortcut, x])
  return tf.layers.reLU({ name: `${name}_out` }).apply(sum) as tf.SymbolicTensor
}

function convolution(
  input: tf.SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number,
  strides: number,
  relu = true,
): tf.SymbolicTensor {
  const convolved = tf.layers
    .conv2d({
      filters,
      kernelSize,
      strides,
      padding: 'same',
      name: `${name}_conv`,
      kernelInitializer: 'zeros',
    })
    .apply(input)
  const normal = tf.layers.batchNormalization({ name: `${name}_bn` }).apply(convolved)
  if (!relu) return normal as tf.SymbolicTensor
  return tf.layers.reLU({ name: `${name}_relu` }).apply(normal) as tf.SymbolicTensor
}

/** He-normal kernels and near-neutral normalisation, so that activations neither vanish nor explode. */
function fillWeight(
  values: Float32Array,
  name: string,
  shape: readonly number[],
  random: Random,
): void {
  if (name.endsWith('/gamma') || name.endsWith('/moving_variance')) {
    values.fill(1)
    return
  }
  if (!name.endsWith('/kernel')) return
  const fanIn = values.length / (shape.at(-1) ?? 1)
  const deviation = Math.sqrt(2 / fanIn)
  for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation
}
