import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../src/core/random.ts'
import type { Random } from '../src/core/random.ts'

const SHARD_BYTES = 4 * 1024 * 1024

/** Filters of the convolutions, and where a pooling halves the sides (Simonyan and Zisserman 2014, table 1, D). */
const blocks = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const
const SIDE = 224
const denseUnits = [4096, 4096, 1000] as const

interface Layer {
  readonly class_name: string
  readonly config: { readonly name: string }
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[]
}

/**
 * Writes a VGG16 with seeded random weights as TensorFlow.js files: size and layers of the real one (138.4 million
 * weights, 553 MB), without its knowledge. Holds one shard at a time.
 * @returns the paths of model.json and its shards
 */
export function writeVgg16(folder: string, seed: number): string[] {
  mkdirSync(folder, { recursive: true })
  const layers = layersOfVgg16()
  const weights = layers.flatMap((layer) => layer.weights)
  const total = weights.reduce((sum, { shape }) => sum + 4 * lengthOf(shape), 0)
  const count = Math.ceil(total / SHARD_BYTES)
  const paths = Array.from(
    { length: count },
    (_, index) => `group1-shard${index + 1}of${count}.bin`,
  )
  writeShards(folder, paths, weights, createRandom(seed))
  const json = {
    format: 'layers-model',
    generatedBy: 'bench',
    convertedBy: null,
    modelTopology: {
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
      class_name: 'Sequential',
      config: {
        name: 'vgg16',
        layers: layers.map(({ class_name, config }) => ({ class_name, config })),
      },
    },
    weightsManifest: [
      { paths, weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) },
    ],
  }
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json))
  return ['model.json', ...paths].map((path) => join(folder, path))
}

function layersOfVgg16(): Layer[] {
  const layers: Layer[] = []
  let channels = 3
  for (const [block, filters] of blocks.entries()) {
    for (const [index, out] of filters.entries()) {
      const name = `block${block + 1}_conv${index + 1}`
      const first = layers.length === 0 ? { batch_input_shape: [null, SIDE, SIDE, 3] } : {}
      layers.push({
        class_name: 'Conv2D',
        config: {
          ...{ name, ...first, filters: out, kernel_size: [3, 3], strides: [1, 1] },
          ...{ padding: 'same', activation: 'relu', use_bias: true },
        },
        weights: kernelAndBias(name, [3, 3, channels, out]),
      })
      channels = out
    }
    const name = `block${block + 1}_pool`
    const config = { name, pool_size: [2, 2], strides: [2, 2], padding: 'valid' }
    layers.push({ class_name: 'MaxPooling2D', config, weights: [] })
  }
  layers.push({ class_name: 'Flatten', config: { name: 'flatten' }, weights: [] })
  let inputs = channels * (SIDE / 2 ** blocks.length) ** 2
  for (const [index, units] of denseUnits.entries()) {
    const isLast = index === denseUnits.length - 1
    const name = isLast ? 'predictions' : `fc${index + 1}`
    const config = { name, units, activation: isLast ? 'softmax' : 'relu', use_bias: true }
    layers.push({ class_name: 'Dense', config, weights: kernelAndBias(name, [inputs, units]) })
    inputs = units
  }
  return layers
}

function kernelAndBias(name: string, shape: readonly number[]): Layer['weights'] {
  return [
    { name: `${name}/kernel`, shape },
    { name: `${name}/bias`, shape: shape.slice(-1) },
  ]
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

/** Weights of all tensors, end to end, cut into shards; He-normal kernels, so that activations do not explode. */
function writeShards(
  folder: string,
  paths: readonly string[],
  weights: Layer['weights'],
  random: Random,
): void {
  const shard = new Float32Array(SHARD_BYTES / 4)
  let [filled, written] = [0, 0]
  const flush = (): void => {
    const file = openSync(join(folder, paths[written++] ?? ''), 'w')
    writeSync(file, new Uint8Array(shard.buffer, 0, 4 * filled))
    closeSync(file)
    filled = 0
  }
  for (const { shape } of weights) {
    const length = lengthOf(shape)
    const deviation = shape.length === 1 ? 0 : Math.sqrt((2 * (shape.at(-1) ?? 1)) / length)
    for (let i = 0; i < length; i++) {
      shard[filled++] = deviation === 0 ? 0 : random.normal() * deviation
      if (filled === shard.length) flush()
    }
  }
  if (filled > 0) flush()
}
