import * as tf from '@tensorflow/tfjs'
import { batchNormTraining } from './batch-norm'

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

/**
 * Lets the model's batch normalisation layers train through the fused kernel. Only training changes,
 * and only of layers that normalise the last axis with both scale and offset; moving averages are
 * kept exactly as the layers keep them.
 *
 * @returns a function that gives the layers their own `call` back.
 */
export function fuseBatchNormalization(model: tf.LayersModel): () => void {
  const restore: (() => void)[] = []
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue
    const normalization = layer as BatchNormalizationLayer
    const own = normalization.call.bind(normalization)
    normalization.call = (inputs: CallInputs, args: CallArguments) => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs
      const training = Boolean((args as { training?: boolean } | undefined)?.training)
      if (!training || !x) return own(inputs, args)
      return trainFused(normalization, x) ?? own(inputs, args)
    }
    restore.push(() => {
      normalization.call = own
    })
  }
  return () => {
    for (const undo of restore) undo()
  }
}

function trainFused(layer: BatchNormalizationLayer, x: tf.Tensor): tf.Tensor | undefined {
  const { gamma, beta } = layer
  const lastAxis = layer.axis === -1 || layer.axis === x.rank - 1
  if (!gamma || !beta || !lastAxis) return undefined
  return tf.tidy(() => {
    const { y, mean, variance } = batchNormTraining(x, gamma.read(), beta.read(), layer.epsilon)
    moveTowards(layer.movingMean, mean, layer.momentum)
    moveTowards(layer.movingVariance, variance, layer.momentum)
    return y
  })
}

function moveTowards(average: tf.LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    const before = average.read()
    average.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)))
  })
}
