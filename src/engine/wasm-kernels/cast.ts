import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import { identity } from './identity'
import { trainingKernel } from './training-kernel'

interface Inputs {
  readonly x: tf.TensorInfo
}

interface Attributes {
  readonly dtype: tf.DataType
}

/** The gradient of every copy is a cast to float32; the stock kernel copies what is float32 already. */
export const cast = trainingKernel('Cast', (host: KernelHost, { x }: Inputs, attrs: Attributes) =>
  x.dtype === attrs.dtype ? identity.run(host, { x }, {}) : host.runStock('Cast', { x }, attrs),
)
