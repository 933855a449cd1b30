import * as tf from '@tensorflow/tfjs'
import { batchNormTraining, batchNormWith } from '../../wasm-kernels/batch-norm'
import { followingRelu, passThrough } from './following-relu'
import { movedTowards } from '../../wasm-kernels/moving-average'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/** What a BatchNormalization layer holds, under the names of its own source. */
interface BatchNormalizationLayer extends tf.layers.Layer {
  readonly axis: number
  readonly momentum: number
  readonly epsilon: number
  readonly gamma: tf.LayerVariable | null
  readonly beta: tf.LayerVariable | null
  readonly movingMean: tf.LayerVariable
  readonly movingVariance: tf.LayerVariable
}

/** What a layer is called with. */
export interface HowItTrains {
  readonly training?: boolean
  /** Statistics are the layer's own, and stay as they are. */
  readonly held?: boolean
}

/**
 * Lets the model's batch normalisation layers train through the fused kernel, each together with the ReLU
 * layer that alone reads it. Only training changes, and only of layers that normalise the last axis with both scale
 * and offset; moving averages are kept exactly as the layers keep them.
 *
 * @param seen whether somebody else reads what the layer says; then its ReLU stays apart
 * @returns a function that gives the layers their own `call` back.
 */
export function fuseBatchNormalization(
  model: tf.LayersModel,
  seen: (layer: tf.layers.Layer) => boolean = () => false,
): () => void {
  const restore = model.layers
    .filter((layer) => layer.getClassName() === 'BatchNormalization')
    .map((layer) => fuse(layer as BatchNormalizationLayer, followingRelu(layer, model), seen))
  return () => {
    for (const undo of restore) undo()
  }
}

function fuse(
  normalization: BatchNormalizationLayer,
  relu: tf.layers.Layer | null,
  seen: (layer: tf.layers.Layer) => boolean,
): () => void {
  const own = normalization.call.bind(normalization)
  let rectified = false
  normalization.call = (inputs: CallInputs, args: CallArguments) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs
    const { training = false, held = false } = args as HowItTrains
    const withRelu = relu !== null && !seen(normalization)
    const y = training && x ? trainFused(normalization, x, withRelu, held) : undefined
    rectified = withRelu && y !== undefined
    return y ?? own(inputs, held ? { ...args, training: false } : args)
  }
  const undoRelu = relu === null ? () => undefined : passThrough(relu, () => rectified)
  return () => {
    normalization.call = own
    undoRelu()
  }
}

function trainFused(
  layer: BatchNormalizationLayer,
  x: tf.Tensor,
  relu: boolean,
  held: boolean,
): tf.Tensor | undefined {
  const { gamma, beta, epsilon } = layer
  const lastAxis = layer.axis === -1 || layer.axis === x.rank - 1
  if (!gamma || !beta || !lastAxis) return undefined
  return tf.tidy(() => {
    const normalization = { x, gamma: gamma.read(), beta: beta.read(), epsilon, relu }
    if (held) {
      const [mean, variance] = [layer.movingMean.read(), layer.movingVariance.read()]
      return batchNormWith(normalization, { mean, variance })
    }
    const { y, mean, variance } = batchNormTraining(normalization)
    moveTowards(layer.movingMean, mean, layer.momentum)
    moveTowards(layer.movingVariance, variance, layer.momentum)
    return y
  })
}

function moveTowards(average: tf.LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    average.write(movedTowards(average.read(), value, 1 - momentum))
  })
}
