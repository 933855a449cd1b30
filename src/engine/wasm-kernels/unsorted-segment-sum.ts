import type * as tf from '@tensorflow/tfjs'
import type { BackendMemory } from './backend-memory'
import { elementCount } from '../../core/tensor-spec'
import { trainingKernel } from './training-kernel'

interface Inputs {
  /** [rows, ...rest] */
  readonly x: tf.TensorInfo
  /** [rows], int32 */
  readonly segmentIds: tf.TensorInfo
}

interface Attributes {
  readonly numSegments: number
}

/**
 * Row s of the result is the sum of the rows of x whose id is s; rows with an id outside are left
 * out. The gradient of looking rows up (embeddings, gather). The stock backend has no such kernel.
 */
export const unsortedSegmentSum = trainingKernel(
  'UnsortedSegmentSum',
  (memory: BackendMemory, { x, segmentIds }: Inputs, { numSegments }: Attributes) => {
    const rest = x.shape.slice(1)
    const width = elementCount(rest)
    const result = memory.output([numSegments, ...rest])
    const ids = memory.backend.typedArrayFromHeap(segmentIds)
    const rows = memory.floats(x)
    const sums = memory.floats(result).fill(0)
    ids.forEach((id, row) => {
      if (id < 0 || id >= numSegments) return
      for (let k = 0; k < width; k++) {
        const target = id * width + k
        sums[target] = (sums[target] ?? 0) + (rows[row * width + k] ?? 0)
      }
    })
    return result
  },
)
