/** Nets that look words up in a table, of layers and of ONNX. */
import * as tf from '@tensorflow/tfjs'
import type { FileBundle } from '../../src/files/file-bundle'
import { savedFiles } from '../models/stock-model'
import { weight } from './onnx-parts'
import { message, node, onnxFile, port } from './onnx-writer'
import type { Field } from './onnx-writer'

/** Sides of the table. */
export const [WORDS, LENGTH] = [64, 48]
const STEPS = 5
const CLASSES = 3

/** Words, their embeddings, and classes of the mean of these. */
export async function embeddingLayers(): Promise<FileBundle> {
  const { dense, embedding, globalAveragePooling1d, inputLayer } = tf.layers
  const drawn = (seed: number) => tf.initializers.randomNormal({ seed })
  const net = tf.sequential({
    layers: [
      inputLayer({ name: 'numbers', inputShape: [STEPS], dtype: 'int32' }),
      embedding({
        ...{ name: 'words', inputDim: WORDS, outputDim: LENGTH },
        embeddingsInitializer: drawn(1),
      }),
      globalAveragePooling1d({ name: 'mean' }),
      dense({ name: 'head', units: CLASSES, activation: 'softmax', kernelInitializer: drawn(2) }),
    ],
  })
  const files = await savedFiles(tf, net)
  net.dispose()
  return files
}

/** The same of ONNX, with weights of waves. */
export function embeddingOnnx(): FileBundle {
  const rows = message([1, message([1, 6], [2, message([1, message([1, STEPS])])])])
  const steps: Field = [5, message([1, 'axes'], [8, 0], [20, 7])]
  const mean = message([1, 'taken'], [2, 'mean'], [4, 'ReduceMean'], steps)
  const graph = message(
    [1, node('Gather', ['table', 'rows'], ['taken'])],
    [1, mean],
    [1, node('MatMul', ['mean', 'head'], ['sums'])],
    [1, node('Softmax', ['sums'], ['y'])],
    weight('table', [WORDS, LENGTH], 0),
    weight('head', [LENGTH, CLASSES], 1),
    [11, message([1, 'rows'], [2, rows])],
    [12, port('y', [1, CLASSES])],
  )
  return onnxFile(message([1, 8], [2, 'test'], [8, message([2, 13])], [7, graph]))
}
