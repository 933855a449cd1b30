/** A model that was built here as ordinary TensorFlow.js files. */
import type * as tf from '@tensorflow/tfjs'
import { numberToFloat16 } from '../../src/core/float16'

const shard = 'group1-shard1of1.bin'

export interface ModelFile {
  readonly path: string
  readonly content: Buffer<ArrayBuffer>
}

/**
 * Trained on logits, written with probabilities: the last dense layer gets a softmax.
 * @param stored what the file stores a weight in
 * @param script which made the model
 */
export function modelFiles(
  model: tf.LayersModel,
  stored: 'float32' | 'float16',
  script: string,
): ModelFile[] {
  const weights = model.weights.map((weight) => {
    const values = weight.read().dataSync<'float32'>()
    // Another model of this process may have taken the plain name before.
    const entry = { name: weight.originalName, shape: weight.shape, dtype: 'float32' }
    if (stored === 'float32') return { entry, values }
    return {
      entry: { ...entry, quantization: { dtype: 'float16', original_dtype: 'float32' } },
      values: Uint16Array.from(values, numberToFloat16),
    }
  })
  const bytes = Buffer.concat(
    weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  )
  const json = JSON.stringify({
    format: 'layers-model',
    generatedBy: `Compression Studio, ${script}`,
    convertedBy: null,
    modelTopology: withSoftmax(JSON.parse(JSON.stringify(model.toJSON(null, false)))),
    weightsManifest: [{ paths: [shard], weights: weights.map(({ entry }) => entry) }],
  })
  return [
    { path: 'model.json', content: Buffer.from(json) },
    { path: shard, content: bytes },
  ]
}

function withSoftmax(topology: unknown): unknown {
  const { layers } = (topology as { config: { layers: { config: Record<string, unknown> }[] } })
    .config
  const last = layers[layers.length - 1]
  if (last === undefined) throw new Error('The model has no layers.')
  last.config['activation'] = 'softmax'
  return topology
}
