import type * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'

interface Inputs {
  readonly x: tf.TensorInfo
}

interface Attributes {
  readonly reps: readonly number[]
}

/**
 * Tiling along neighbouring axes of size 1, which is how gradients are broadcast: copies of whole
 * blocks instead of the stock kernel's index arithmetic per element.
 */
export const tile = trainingKernel('Tile', (host: KernelHost, { x }: Inputs, attrs: Attributes) => {
  const { reps } = attrs
  const first = reps.findIndex((count) => count > 1)
  const last = reps.findLastIndex((count) => count > 1)
  const tiled = x.shape.slice(first, last + 1)
  if (x.dtype !== 'float32' || first < 0 || !tiled.every((side) => side === 1)) {
    return host.runStock('Tile', { x }, attrs)
  }
  const result = host.output(x.shape.map((side, axis) => side * (reps[axis] ?? 1)))
  host.module.repeatBlocks(
    host.address(x),
    host.address(result),
    elementCount(x.shape.slice(0, first)),
    elementCount(reps),
    4 * elementCount(x.shape.slice(last + 1)),
  )
  return result
})
