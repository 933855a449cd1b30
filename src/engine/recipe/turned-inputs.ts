import * as tf from '@tensorflow/tfjs'
import type { PortSummary } from '../../core/model-summary'
import type { PictureForm } from '../../data/input-form'
import type { RunnableModel } from '../model/runnable-model'

/**
 * A model that takes pictures with channels first, as one that takes them as another model does.
 * @param inputs of that other model
 */
export function turnedInputs(
  model: RunnableModel,
  { channels, height, layout, width }: PictureForm,
  inputs: readonly PortSummary[],
): RunnableModel {
  if (layout === 'channelsFirst') return model
  const turned = (pictures: tf.Tensor): tf.Tensor =>
    tf.tidy(() => {
      if (layout === 'channelsLast') return tf.transpose(pictures, [0, 3, 1, 2])
      const [count = 1, ...sides] = pictures.shape
      if (layout === 'plane') return tf.reshape(pictures, [count, 1, ...sides])
      const whole = tf.reshape(pictures, [count, height ?? 1, width ?? 1, channels])
      return tf.transpose(whole, [0, 3, 1, 2])
    })
  const given = async <Result>(
    pictures: readonly tf.Tensor[],
    use: (turned: readonly tf.Tensor[]) => Promise<Result>,
  ): Promise<Result> => {
    const all = pictures.map(turned)
    try {
      return await use(all)
    } finally {
      tf.dispose(all)
    }
  }
  return {
    ...{ inputs, outputs: model.outputs, outputShapes: model.outputShapes },
    ...{ frozenBatch: model.frozenBatch, lookInSteps: null },
    setWeights: (weights, between) => model.setWeights(weights, between),
    predict: (pictures) => given(pictures, async (all) => model.predict(all)),
    predictInSteps: (pictures, between) =>
      given(pictures, (all) => model.predictInSteps(all, between)),
    dispose: () => {
      model.dispose()
    },
  }
}
