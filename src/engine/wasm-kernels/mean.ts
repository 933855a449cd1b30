import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'

interface Inputs {
  readonly x: tf.TensorInfo
}

interface Attributes {
  readonly axis: number | number[] | null
  readonly keepDims: boolean
}

/**
 * Mean over neighbouring axes before the last, which is global average pooling; else the stock kernel, which moves
 * those axes to the end first.
 */
export const mean = trainingKernel('Mean', (host: KernelHost, { x }: Inputs, attrs: Attributes) => {
  const axes = attrs.axis === null ? [] : tf.util.parseAxisParam(attrs.axis, x.shape)
  const ordered = [...axes].sort((a, b) => a - b)
  const [first = 0] = ordered
  const end = first + ordered.length
  const neighbours = ordered.length > 0 && ordered.every((axis, k) => axis === first + k)
  const count = elementCount(x.shape.slice(first, end))
  const channels = elementCount(x.shape.slice(end))
  const covered = neighbours && end < x.shape.length && count > 0 && channels > 0
  if (x.dtype !== 'float32' || !covered) return host.runStock('Mean', { x }, attrs)
  const outer = x.shape.slice(0, first)
  const kept = attrs.keepDims ? ordered.map(() => 1) : []
  const result = host.output([...outer, ...kept, ...x.shape.slice(end)])
  const [from, to] = [host.address(x), host.address(result)]
  const blocks = elementCount(outer)
  for (let block = 0; block < blocks; block++)
    host.module.columnSums(
      from + 4 * block * count * channels,
      to + 4 * block * channels,
      count,
      channels,
    )
  const sums = host.floats(result)
  for (let i = 0; i < blocks * channels; i++) sums[i] = (sums[i] ?? 0) / count
  return result
})
