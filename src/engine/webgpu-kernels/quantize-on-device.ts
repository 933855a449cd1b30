import * as tf from '@tensorflow/tfjs'
import type { DeviceBackend } from './device-backend'
import {
  clippedOnDevice,
  endGradientOnDevice,
  extremesOnDevice,
  rangeSumsOnDevice,
  restoredOnDevice,
} from './device-quantization'
import type { DeviceRange, RangedOnDevice } from './device-quantization'

interface Ranged {
  readonly range: DeviceRange
}

/** A kernel of our own: weights within ends as affine codes restore them that cover the weights there. */
export const quantizeOnDevice = {
  kernelName: 'QuantizeOnDevice',
  run: (backend: DeviceBackend, inputs: RangedOnDevice, { range }: Ranged): tf.TensorInfo => {
    const extremes = extremesOnDevice(backend, inputs, range)
    const restored = restoredOnDevice(backend, inputs, extremes, range)
    backend.disposeData(extremes.dataId)
    return restored
  },
}

/** A kernel of our own: gradients of the logarithms of the upper ends, and of the lower ones where they are not even. */
export const rangeGradientOnDevice = {
  kernelName: 'RangeGradientOnDevice',
  run: (
    backend: DeviceBackend,
    inputs: RangedOnDevice & Record<'restored' | 'dy', tf.TensorInfo>,
    { range, scale }: Ranged & { readonly scale: number },
  ): tf.TensorInfo[] => {
    const sums = rangeSumsOnDevice(backend, inputs, range)
    const ends = range.isEven ? (['even'] as const) : (['high', 'low'] as const)
    const made = ends.map((end) => endGradientOnDevice(backend, end, { ...inputs, sums }, scale))
    backend.disposeData(sums.dataId)
    return made
  },
}

/** A kernel of our own: weights within ends. */
export const clipOnDevice = {
  kernelName: 'ClipOnDevice',
  run: (backend: DeviceBackend, inputs: RangedOnDevice, { range }: Ranged): tf.TensorInfo =>
    clippedOnDevice(backend, inputs, range),
}

/** Weights and the ends of their groups. */
export interface WeightsInRange {
  readonly x: tf.Tensor
  readonly low: tf.Tensor
  readonly high: tf.Tensor
}

/** What codes restore. No gradient of its own. Needs the shaders. */
export function quantizedWithin(inputs: WeightsInRange, range: DeviceRange): tf.Tensor {
  return tf.engine().runKernel(quantizeOnDevice.kernelName, { ...inputs }, told({ range }))
}

/** Of the upper ends, then of the lower ones. Needs the shaders. */
export function gradientsOfRange(
  inputs: WeightsInRange & Record<'restored' | 'dy', tf.Tensor>,
  range: DeviceRange,
  scale: number,
): tf.Tensor[] {
  const attributes = told({ range, scale })
  return tf.engine().runKernel(rangeGradientOnDevice.kernelName, { ...inputs }, attributes)
}

/** Weights within ends. Nothing flows back. Needs the shaders. */
export function clippedWithin(inputs: WeightsInRange, range: DeviceRange): tf.Tensor {
  return tf.engine().runKernel(clipOnDevice.kernelName, { ...inputs }, told({ range }))
}

/** What else TensorFlow.js lets a kernel be told is of its own types. */
function told(attributes: object): tf.NamedAttrMap {
  return attributes as tf.NamedAttrMap
}
