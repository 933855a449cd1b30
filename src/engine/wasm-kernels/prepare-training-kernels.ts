import * as tf from '@tensorflow/tfjs'
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { addRelu, addReluGradient } from './add-relu'
import { BackendMemory, KernelHost } from './backend-memory'
import { batchMatMul, fusedMatMul } from './batch-mat-mul'
import {
  batchNormBackward,
  batchNormForward,
  batchNormGradient,
  batchNormHeld,
  batchNormHeldGradient,
} from './batch-norm'
import { add } from './bias'
import { cast } from './cast'
import { clipBackprop, reluGradient } from './clip-gradient'
import { clipToEnds } from './clip-to-ends'
import { conv2d, fusedConv2d } from './conv2d'
import { conv2dBackpropFilter, plainConv2dBackpropFilter } from './conv2d-backprop-filter'
import { conv2dBackpropInput } from './conv2d-backprop-input'
import {
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
} from './depthwise-conv2d'
import { fakeQuantize } from './fake-quantize'
import { identity } from './identity'
import { startKernelModule } from './kernel-module'
import { mean } from './mean'
import { meanGradient } from './mean-gradient'
import { movingAverage } from './moving-average'
import { normalizedConvolution, normalizedConvolutionGradients } from './normalized-convolution'
import {
  plainDepthwiseBackpropFilter,
  plainDepthwiseBackpropInput,
} from './plain-depthwise-gradients'
import { avgPoolGrad, maxPoolGrad, plainMaxPoolGrad } from './pool-gradients'
import { rangeGradientSums } from './range-gradient'
import { replaceGradient } from './replace-gradient'
import { sum } from './sum'
import { tile } from './tile'
import type { BindableKernel, PlainKernel, SimdKernel } from './training-kernel'
import { unsortedSegmentSum } from './unsorted-segment-sum'

/** Run everywhere, slowly: what the stock backend lacks or gets wrong. */
const plainKernels: readonly PlainKernel[] = [
  plainConv2dBackpropFilter,
  plainDepthwiseBackpropFilter,
  plainDepthwiseBackpropInput,
  plainMaxPoolGrad,
  unsortedSegmentSum,
]

/** Need the SIMD module in the backend's memory. */
const simdKernels: readonly SimdKernel[] = [
  add,
  addRelu,
  avgPoolGrad,
  batchMatMul,
  batchNormBackward,
  batchNormForward,
  batchNormHeld,
  cast,
  clipBackprop,
  clipToEnds,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
  fakeQuantize,
  fusedConv2d,
  fusedMatMul,
  identity,
  maxPoolGrad,
  mean,
  movingAverage,
  normalizedConvolution,
  normalizedConvolutionGradients,
  rangeGradientSums,
  sum,
  tile,
  unsortedSegmentSum,
]

/** Kernels that are ready to be used, for as long as somebody wants them. */
export interface PreparedKernels {
  /** The memory that SIMD kernels run in; absent when this build of the backend cannot have them. */
  readonly host?: KernelHost
  /** Why there is no host, for people to read. */
  readonly reason?: string
  /** Names of all kernels that are ours now. */
  readonly kernels: readonly string[]
  /** Those of them that run in plain loops or compositions because there is no host. */
  readonly plain: readonly string[]
  /** Puts them in place; no work is done but that of the registry. @returns what takes them out */
  readonly enter: () => () => void
}

/**
 * Prepares what makes the WASM backend train: adds the gradient kernels it lacks, replaces the wrong one, and, where
 * the build allows it, runs the hot kernels through `kernels.wasm`. Without the module the same
 * kernels exist as compositions: slow, never wrong.
 *
 * Once per backend instance, after `tf.setBackend('wasm')`.
 *
 * @param moduleBytes the contents of `kernels.wasm`.
 * @throws when the current backend is not 'wasm'.
 */
export async function prepareTrainingKernels(moduleBytes: BufferSource): Promise<PreparedKernels> {
  const backend = tf.backend()
  if (!(backend instanceof BackendWasm)) {
    throw new Error(`Training kernels are for the wasm backend, not for '${tf.getBackend()}'.`)
  }
  const stock = new Map(
    tf.getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel] as const),
  )
  const { module, reason } = await startKernelModule(backend, moduleBytes)
  if (!module) {
    const memory = new BackendMemory(backend, stock)
    const names = plainKernels.map(({ kernelName }) => kernelName)
    const enter = () => {
      register(plainKernels, memory, stock)
      return () => {
        unregister(names, stock)
      }
    }
    return { reason, kernels: names, plain: names, enter }
  }
  const host = new KernelHost(backend, stock, module)
  const names = simdKernels.map(({ kernelName }) => kernelName)
  const enter = () => {
    register(simdKernels, host, stock)
    const restoreGradients = [
      replaceGradient('Relu', reluGradient),
      replaceGradient('Mean', meanGradient),
    ]
    tf.registerGradient(addReluGradient)
    tf.registerGradient(batchNormGradient)
    tf.registerGradient(batchNormHeldGradient)
    return () => {
      for (const restore of restoreGradients) restore()
      tf.unregisterGradient(addReluGradient.kernelName)
      tf.unregisterGradient(batchNormGradient.kernelName)
      tf.unregisterGradient(batchNormHeldGradient.kernelName)
      unregister(names, stock)
    }
  }
  return { host, kernels: names, plain: [], enter }
}

type StockKernels = ReadonlyMap<string, tf.KernelConfig>

function register<Host extends BackendMemory>(
  kernels: readonly BindableKernel<Host>[],
  host: Host,
  stock: StockKernels,
): void {
  for (const kernel of kernels) {
    const { kernelName } = kernel
    const replaced = stock.get(kernelName)
    if (replaced) tf.unregisterKernel(kernelName, 'wasm')
    const run = kernel.bind(host)
    tf.registerKernel({
      // The set-up of the replaced kernel stays, for a backend that is initialised again.
      ...replaced,
      kernelName,
      backendName: 'wasm',
      kernelFunc: (call) => {
        if (call.backend !== host.backend) {
          throw new Error(`${kernelName}: installed for another instance of the WASM backend.`)
        }
        return run(call)
      },
    })
  }
}

function unregister(names: readonly string[], stock: StockKernels): void {
  for (const name of names) {
    tf.unregisterKernel(name, 'wasm')
    const replaced = stock.get(name)
    if (replaced) tf.registerKernel(replaced)
  }
}
