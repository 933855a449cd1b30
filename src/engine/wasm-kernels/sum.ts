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

/** Sum over every axis but the last, which is the gradient of a bias; else the stock kernel. */
export const sum = trainingKernel('Sum', (host: KernelHost, { x }: Inputs, attrs: Attributes) => {
  const axes = attrs.axis === null ? [] : tf.util.parseAxisParam(attrs.axis, x.shape)
  const rank = x.shape.length
  const channels = x.shape.at(-1) ?? 0
  const downTheColumns = rank > 1 && axes.length === rank - 1 && !axes.includes(rank - 1)
  if (x.dtype !== 'float32' || !downTheColumns || channels === 0) {
    return host.runStock('Sum', { x }, attrs)
  }
  const kept = attrs.keepDims ? x.shape.slice(0, -1).map(() => 1) : []
  const sums = host.output([...kept, channels])
  const rows = elementCount(x.shape) / channels
  host.module.columnSums(host.address(x), host.address(sums), rows, channels)
  return sums
})
