import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'

/**
 * Another reference to the same memory. The stock kernel copies, and TensorFlow.js clones every
 * tensor that a gradient needs later. Safe because no kernel writes into an
 * input that has more than one reference.
 */
export const identity = trainingKernel(
  'Identity',
  (host: KernelHost, { x }: { readonly x: tf.TensorInfo }, attrs: object) => {
    if (x.dtype === 'string') return host.runStock('Identity', { x }, attrs)
    host.backend.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  },
)
