import * as tf from '@tensorflow/tfjs'
import { addRelu, addReluGradient } from '../wasm-kernels/add-relu'
import {
  batchNormBackward,
  batchNormForward,
  batchNormGradient,
  batchNormHeld,
  batchNormHeldGradient,
} from '../wasm-kernels/batch-norm'
import { clipBackprop, reluGradient } from '../wasm-kernels/clip-gradient'
import type { Ends } from '../wasm-kernels/limiting'
import { movingAverage } from '../wasm-kernels/moving-average'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { replaceGradient } from '../wasm-kernels/replace-gradient'
import type { DeviceBackend } from './device-backend'
import { isDevice } from './device-backend'
import {
  normalizationGradients,
  normalizedOnDevice,
  normalizedWithOnDevice,
} from './device-normalization'
import type {
  NormalizationAttributes,
  NormalizationInputs,
  Statistics,
} from './device-normalization'
import { elementwise } from './device-shaders'
import { clipOnDevice, quantizeOnDevice, rangeGradientOnDevice } from './quantize-on-device'

type Inputs = Readonly<Record<string, tf.TensorInfo>>
type Run = (
  backend: DeviceBackend,
  inputs: never,
  attributes: never,
) => tf.TensorInfo | tf.TensorInfo[]

/** What trains in a shader of its own, under the names that WebAssembly's kernels have: operators need more dispatches. */
const kernels: Readonly<Record<string, Run>> = {
  [batchNormForward.kernelName]: normalizedOnDevice,
  [batchNormHeld.kernelName]: (
    backend,
    inputs: NormalizationInputs & Statistics,
    attributes: NormalizationAttributes,
  ) => normalizedWithOnDevice(backend, inputs, inputs, attributes),
  [batchNormBackward.kernelName]: normalizationGradients,
  [movingAverage.kernelName]: (
    backend,
    { average, value }: Record<'average' | 'value', tf.TensorInfo>,
    { share }: { readonly share: number },
  ) =>
    elementwise(backend, 'movingAverage', {
      ...{ shape: average.shape, inputs: { average, value }, numbers: { share } },
      body: 'result[i] = average[i] - (average[i] - value[i]) * uniforms.share;',
    }),
  [addRelu.kernelName]: (backend, { a, b }: Record<'a' | 'b', tf.TensorInfo>) =>
    elementwise(backend, 'addRelu', {
      ...{ shape: a.shape, inputs: { a, b } },
      body: 'result[i] = max(0.0, a[i] + b[i]);',
    }),
  [quantizeOnDevice.kernelName]: quantizeOnDevice.run,
  [rangeGradientOnDevice.kernelName]: rangeGradientOnDevice.run,
  [clipOnDevice.kernelName]: clipOnDevice.run,
  [clipBackprop.kernelName]: (
    backend,
    { y, dy }: Record<'y' | 'dy', tf.TensorInfo>,
    { ends: [least, most] }: { readonly ends: Ends },
  ) => {
    const isCapped = most < Infinity
    return elementwise(backend, isCapped ? 'clipBackprop' : 'reluBackprop', {
      ...{ shape: dy.shape, inputs: { y, dy }, numbers: isCapped ? { least, most } : { least } },
      body: `result[i] = select(0.0, dy[i], y[i] > uniforms.least${isCapped ? ' && y[i] < uniforms.most' : ''});`,
    })
  },
}

/**
 * Prepares shaders for the WebGPU backend of the moment.
 * @returns null where the backend does not show its device: then operators do the same
 */
export function prepareDeviceKernels(): PreparedKernels | null {
  const backend = tf.backend()
  if (!isDevice(backend)) return null
  const names = Object.keys(kernels)
  const enter = (): (() => void) => {
    for (const [kernelName, run] of Object.entries(kernels))
      tf.registerKernel({
        ...{ kernelName, backendName: 'webgpu' },
        kernelFunc: ({ inputs, attrs }) =>
          run(backend, inputs as Inputs as never, attrs as unknown as never),
      })
    const gradients = [addReluGradient, batchNormGradient, batchNormHeldGradient]
    for (const gradient of gradients) tf.registerGradient(gradient)
    const restore = replaceGradient('Relu', reluGradient)
    return () => {
      restore()
      for (const { kernelName } of gradients) tf.unregisterGradient(kernelName)
      for (const name of names) tf.unregisterKernel(name, 'webgpu')
    }
  }
  return { kernels: names, plain: [], enter }
}
