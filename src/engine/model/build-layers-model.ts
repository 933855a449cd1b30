import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../core/errors'
import { numberType } from '../../core/tensor-spec'
import type { OpenedModel } from '../../formats/format'

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
        dtype: numberType(spec),
      })),
      // A list, so that the weights are not first copied into one block.
      weightData: opened.weights.map(({ values }) => bufferOf(values)),
    })
    // oxlint-disable-next-line no-restricted-properties -- validated bytes in memory, no address
    const model = await checkingShapes(opened, () => tf.loadLayersModel(source))
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

/**
 * tfjs allocates a layer's weights before it looks at the values for them, so a description that asks
 * for more than its file holds would first take the memory. Here every shape that a layer asks for is
 * compared with the file's first.
 * @throws StudioError 'open/weight-shape'
 */
async function checkingShapes<Model>(
  opened: OpenedModel,
  build: () => Promise<Model>,
): Promise<Model> {
  const expected = new Map(opened.weights.map(({ spec }) => [spec.name, spec.shape]))
  const prototype: object = tf.layers.Layer.prototype
  const stock: unknown = Reflect.get(prototype, 'addWeight')
  if (typeof stock !== 'function') return build()
  Reflect.set(prototype, 'addWeight', function (this: tf.layers.Layer, ...parameters: unknown[]) {
    const [weight, shape] = parameters
    const tensor = `${this.name}/${String(weight)}`
    const known = expected.get(tensor)
    if (known !== undefined && Array.isArray(shape) && known.join() !== shape.join())
      throw new StudioError('open/weight-shape', {
        file: opened.file,
        layer: this.name,
        tensor,
        expected: `[${shape.join(', ')}]`,
        found: `[${known.join(', ')}]`,
      })
    return Reflect.apply(stock, this, parameters) as unknown
  })
  try {
    return await build()
  } finally {
    Reflect.set(prototype, 'addWeight', stock)
  }
}

function bufferOf(values: Float32Array | Int32Array | Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = values
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? buffer
    : values.slice().buffer
}
