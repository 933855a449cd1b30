import { StudioError } from '../../../core/errors'
import { memoryFaultOf } from '../../../core/memory-fault'
import type { TrainableModel } from './trainable-model'

/**
 * Finds the layer at which a step fails. tfjs names a kernel at best; here each layer leaves a mark when a pass comes to it,
 * there and back, so the last mark before the failure is that of the layer that failed.
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
  const stop = model.follow((layer) => {
    last = layer
  })
  try {
    work()
  } catch (again) {
    // Memory that runs out on the second way says nothing of a layer. Else the mark says where.
    if (memoryFaultOf(again) !== null) throw again
  } finally {
    stop()
  }
  return new StudioError('train/no-gradient', { layer: last, reason }, { cause: thrown })
}
