import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { mobileGraph } from '../files/converted-graphs'
import { embeddingLayers, embeddingOnnx } from '../files/embedding-nets'
import { graphBundle } from '../files/graph-files'
import { doubleNet, halfNet } from '../files/half-nets'
import { onnxFiles } from '../files/onnx-nets'
import { modelBytes } from '../models/sample-files'
import { savedFiles } from '../models/stock-model'
import { transformerGraphFiles } from '../models/transformers'

/** Files as somebody brings them. */
export interface Source {
  readonly name: string
  readonly files: () => FileBundle | Promise<FileBundle>
}

function file(name: string, path: string): Source {
  return {
    name,
    files: () => [memoryFile(basename(path), new Uint8Array(readFileSync(path)))],
  }
}

/** A file, or a folder with model.json and its weights. */
export function sourceAt(path: string): Source {
  return statSync(path).isDirectory() ? layers(basename(path), path) : file(basename(path), path)
}

function layers(name: string, folder: string): Source {
  return {
    name,
    files: () => [...modelBytes(folder)].map(([path, bytes]) => memoryFile(path, bytes)),
  }
}

/** Convolutions with and without groups, normalization, and classes. */
function smallNet(): tf.LayersModel {
  const init = (seed: number) => ({
    kernelInitializer: tf.initializers.heNormal({ seed }),
    biasInitializer: tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed }),
  })
  const { conv2d, dense, flatten } = tf.layers
  return tf.sequential({
    layers: [
      conv2d({ inputShape: [8, 8, 2], filters: 6, kernelSize: 3, name: 'conv', ...init(1) }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.reLU({ name: 'bend' }),
      conv2d({ filters: 16, kernelSize: 3, activation: 'relu', name: 'more', ...init(2) }),
      flatten({ name: 'flat' }),
      dense({ units: 20, activation: 'relu', name: 'hidden', ...init(3) }),
      dense({ units: 5, activation: 'softmax', name: 'head', ...init(4) }),
    ],
  })
}

/** One of each format, small enough for every test. */
export const smallSources: readonly Source[] = [
  {
    name: 'TF.js layers, small',
    files: async () => {
      const net = smallNet()
      const files = await savedFiles(tf, net)
      net.dispose()
      return files
    },
  },
  { name: 'TF.js graph, mobile', files: () => graphBundle(mobileGraph()) },
  file('Keras 3, .keras', 'testing/models/keras/small.keras3.keras'),
  file('tf-keras, .h5', 'testing/models/keras/small.tfkeras.h5'),
  { name: 'ONNX, PyTorch', files: () => onnxFiles('torch') },
  file('safetensors', 'testing/models/weights/state.safetensors'),
  file('PyTorch weights', 'testing/models/weights/checkpoint.pth'),
]

export const sources: readonly Source[] = [
  ...smallSources,
  layers('TF.js layers, Fashion CNN', 'public/models/fashion-cnn'),
  {
    name: 'TF.js graph, transformer',
    files: () => graphBundle(transformerGraphFiles('small-vit')),
  },
  file('Keras 3, .h5', 'testing/models/keras/small.keras3.h5'),
  { name: 'ONNX, normalized', files: () => onnxFiles('cnn') },
  { name: 'TF.js layers, embeddings', files: embeddingLayers },
  { name: 'ONNX, embeddings', files: embeddingOnnx },
  { name: 'ONNX, halves', files: halfNet },
  { name: 'ONNX, 64 bits', files: doubleNet },
]
