import type * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { endsOf } from './limiting'
import type { Limiting } from './limiting'
import { isHeldAlone } from './spent-gradients'
import { trainingKernel } from './training-kernel'

interface Operands {
  readonly a: tf.TensorInfo
  readonly b: tf.TensorInfo
}

/**
 * Addition of a bias vector to the last axis, which is what layers use it for, and of two tensors of one shape, as
 * gradients are added up, in the place of the first where nobody else has it; every other shape goes to the stock kernel, whose broadcasting is slow.
 */
export const add = trainingKernel('Add', (host: KernelHost, { a, b }: Operands, attrs: object) => {
  const length = elementCount(a.shape)
  const isAlike = a.shape.length === b.shape.length && a.shape.every((n, at) => n === b.shape[at])
  const isBias = a.shape.length > 1 && b.shape.length === 1 && b.shape[0] === a.shape.at(-1)
  const isReal = a.dtype === 'float32' && b.dtype === 'float32'
  if (!isReal || length === 0 || !(isAlike || isBias)) return host.runStock('Add', { a, b }, attrs)
  const result = host.outputFor(a, isAlike && isHeldAlone(a))
  // To two of one shape the second is the bias of a single row.
  const channels = elementCount(b.shape)
  const rows = length / channels
  host.module.addBias(
    host.address(a),
    host.address(b),
    host.address(result),
    rows,
    channels,
    ...endsOf('linear'),
  )
  return result
})

/** Whether a fused kernel's bias is one number per channel (or absent). */
export function isBiasPerChannel(bias: tf.TensorInfo | undefined, channels: number): boolean {
  return !bias || (bias.shape.at(-1) === channels && elementCount(bias.shape) === channels)
}

/** Bias and activation of a fused kernel, added to its fresh result. */
export function addBiasInPlace(
  host: KernelHost,
  result: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  activation: Limiting,
): void {
  const channels = result.shape.at(-1) ?? 0
  if (channels === 0 || (!bias && activation === 'linear')) return
  const rows = elementCount(result.shape) / channels
  const offsets = bias ?? host.zeros([channels])
  const at = host.address(result)
  host.module.addBias(at, host.address(offsets), at, rows, channels, ...endsOf(activation))
  if (!bias) host.release(offsets)
}
