import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../../core/errors'
import { memoryFaultOf } from '../../../core/memory-fault'
import type { TrainableModel } from './trainable-model'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/**
 * Finds the layer at which a step fails. tfjs names a kernel at best; here every output of a layer leaves a
 * mark when its gradient is asked for, so the last mark before the failure is that of the layer that failed.
 * @param work the step that fails
 * @throws what work throws when memory runs out
 */
export function explainFailedStep(
  model: TrainableModel,
  thrown: unknown,
  work: () => void,
): StudioError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  let last = ''
  const restore: (() => void)[] = []
  for (const layer of model.layers) {
    const own = layer.call.bind(layer)
    layer.call = (inputs: CallInputs, args: CallArguments) => {
      last = layer.name
      const output = own(inputs, args)
      const mark = (x: tf.Tensor): tf.Tensor =>
        x.dtype === 'float32'
          ? marked(x, () => {
              last = layer.name
            })
          : x
      return Array.isArray(output) ? output.map(mark) : mark(output)
    }
    restore.push(() => {
      layer.call = own
    })
  }
  try {
    work()
  } catch (again) {
    // Memory that runs out on the second way says nothing of a layer. Else the mark says where.
    if (memoryFaultOf(again) !== null) throw again
  } finally {
    for (const undo of restore) undo()
  }
  return new StudioError('train/no-gradient', { layer: last, reason }, { cause: thrown })
}

function marked(x: tf.Tensor, reached: () => void): tf.Tensor {
  const through = tf.customGrad((...[input]: unknown[]) => ({
    value: (input as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => {
      reached()
      return dy
    },
  }))
  return through(x)
}
