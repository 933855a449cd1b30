import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import type { OpenedModel } from '../../formats/format'
import type { OpenModelState } from '../model/model-store'

/** Outputs of all layers forward and back, weights, gradients and moments: about what a step needs. */
export function neededBytes(
  { runnable }: OpenModelState,
  weights: readonly WeightTensor[],
  batchSize: number,
): number {
  const outputs = [...(runnable?.outputShapes.values() ?? [])].reduce(
    (sum, shape) => sum + elementCount(shape.slice(1).map((side) => side ?? 1)),
    0,
  )
  const parameters = weights.reduce((sum, { values }) => sum + values.length, 0)
  return 4 * (2 * outputs * batchSize + 4 * parameters)
}

/** What a teacher needs beside that: its weights. */
export function teacherBytes({ weights }: OpenedModel): number {
  return 4 * weights.reduce((sum, { values }) => sum + values.length, 0)
}

/** What the backend holds on the GPU, its pool of free buffers included; null without a GPU. */
export function gpuBytes(): number | null {
  const bytes: unknown = Reflect.get(tf.memory(), 'numBytesInGPU')
  return typeof bytes === 'number' ? bytes : null
}
