import * as tf from '@tensorflow/tfjs'
import type { OpenedModel } from '../formats/format'

/**
 * Lets tfjs build a validated model. The only place that calls `tf.loadLayersModel`, and it never
 * hands it an address: everything is already in memory.
 *
 * Nothing stays allocated when tfjs fails half-way. No other tensor work may go on meanwhile.
 */
export async function buildLayersModel(opened: OpenedModel): Promise<tf.LayersModel> {
  const before = new Set(Object.keys(tf.engine().registeredVariables))
  tf.engine().startScope()
  try {
    const source = tf.io.fromMemory({
      modelTopology: opened.topology,
      weightSpecs: opened.weights.map(({ spec }) => ({
        name: spec.name,
        shape: [...spec.shape],
        dtype: spec.dtype,
      })),
      // A list, so that the weights are not first copied into one block.
      weightData: opened.weights.map(({ values }) => bufferOf(values)),
    })
    // eslint-disable-next-line no-restricted-properties -- validated bytes in memory, no address
    const model = await tf.loadLayersModel(source)
    // Weights are variables, which a scope does not end; everything else was only for the way.
    return model
  } catch (error) {
    for (const [name, variable] of Object.entries(tf.engine().registeredVariables))
      if (!before.has(name)) variable.dispose()
    throw error
  } finally {
    tf.engine().endScope()
  }
}

function bufferOf(values: Float32Array | Int32Array | Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = values
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? buffer
    : values.slice().buffer
}
