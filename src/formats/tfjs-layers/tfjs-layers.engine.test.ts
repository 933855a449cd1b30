import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { openModel } from '../importers'
import { writeZip } from '../../files/zip-writer'
import { tfjsExporter } from '../tfjs-files/export-model-files'
import { memoryFile } from '../../files/file-bundle'

const go = () => Promise.resolve()

function architectures(): Record<string, () => tf.LayersModel> {
  const { layers } = tf
  return {
    dense: () =>
      tf.sequential({
        layers: [
          layers.dense({ units: 5, inputShape: [7], activation: 'relu', name: 'fc1' }),
          layers.dropout({ rate: 0.5, name: 'drop' }),
          layers.dense({ units: 3, activation: 'softmax', useBias: false, name: 'fc2' }),
        ],
      }),
    residual: () => {
      const x = tf.input({ shape: [8, 8, 3], name: 'image' })
      const a = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'a' }).apply(x)
      const n = layers.batchNormalization({ name: 'bn' }).apply(a)
      const d = layers
        .depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2, name: 'dw' })
        .apply(n)
      const p = layers
        .separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'sep' })
        .apply(d)
      const sum = layers.add({ name: 'sum' }).apply([a, p] as tf.SymbolicTensor[])
      const up = layers
        .conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, name: 'up' })
        .apply(sum)
      const act = layers.prelu({ sharedAxes: [1, 2], name: 'prelu' }).apply(up)
      const out = layers.globalAveragePooling2d({ name: 'gap' }).apply(act)
      return tf.model({ inputs: x, outputs: out as tf.SymbolicTensor })
    },
    'shared layer, two inputs, nested model': () => {
      const a = tf.input({ shape: [6], name: 'left' })
      const b = tf.input({ shape: [6], name: 'right' })
      const inner = tf.sequential({
        name: 'encoder',
        layers: [layers.dense({ units: 4, inputShape: [6], activation: 'tanh', name: 'code' })],
      })
      const joined = layers
        .concatenate({ name: 'join' })
        .apply([inner.apply(a), inner.apply(b)] as tf.SymbolicTensor[])
      const norm = layers.layerNormalization({ name: 'ln' }).apply(joined)
      const out = layers.dense({ units: 2, name: 'head' }).apply(norm)
      return tf.model({ inputs: [a, b], outputs: out as tf.SymbolicTensor })
    },
    recurrent: () =>
      tf.sequential({
        layers: [
          layers.embedding({ inputDim: 11, outputDim: 4, inputLength: 5, name: 'words' }),
          layers.bidirectional({
            layer: layers.lstm({ units: 3, returnSequences: true, name: 'l' }),
            name: 'both',
          }),
          layers.gru({ units: 3, returnSequences: true, name: 'gru' }),
          layers.timeDistributed({ layer: layers.dense({ units: 2, name: 'd' }), name: 'each' }),
          layers.simpleRNN({ units: 2, name: 'rnn' }),
        ],
      }),
    'stacked cells and convolutions of rank 1 and 3': () => {
      const x = tf.input({ shape: [6, 4], name: 'x' })
      const c = layers.conv1d({ filters: 4, kernelSize: 3, padding: 'same', name: 'c1' }).apply(x)
      const r = layers
        .rnn({
          cell: [tf.layers.lstmCell({ units: 3 }), tf.layers.gruCell({ units: 2 })],
          name: 'cells',
        })
        .apply(c)
      return tf.model({ inputs: x, outputs: r as tf.SymbolicTensor })
    },
    volume: () =>
      tf.sequential({
        layers: [
          layers.conv3d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 4, 1], name: 'c3' }),
          layers.conv3dTranspose({ filters: 1, kernelSize: 2, name: 't3' }),
          layers.flatten({ name: 'flat' }),
        ],
      }),
  }
}

test.each(Object.entries(architectures()))(
  '%s opens, exports and reopens bit for bit',
  async (_, build) => {
    const original = build()
    const opened = await openModel(await savedFiles(tf, original), go)
    const expected = new Map(original.weights.map((w) => [w.originalName, w.read().dataSync()]))
    expect(opened.weights.map((w) => w.spec.name).sort()).toEqual([...expected.keys()].sort())
    for (const weight of opened.weights)
      expect(weight.values).toEqual(expected.get(weight.spec.name))

    const { files, shardBytes } = await tfjsExporter.write(opened, opened.weights, 'float32', go)
    expect(shardBytes).toBe(opened.weights.reduce((sum, w) => sum + w.storedBytes, 0))
    const parts = await writeZip(files, go)
    const zip = new Uint8Array(Buffer.concat(parts))
    const again = await openModel([memoryFile('x.zip', zip)], go)
    expect(again.weights.map((w) => w.values)).toEqual(opened.weights.map((w) => w.values))

    const stock = await loadWithStock(tf, files)
    for (const w of stock.weights) expect(w.read().dataSync()).toEqual(expected.get(w.originalName))
  },
)
