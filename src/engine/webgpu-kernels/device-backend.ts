import type * as tf from '@tensorflow/tfjs'

/** A shader as TensorFlow.js's WebGPU backend takes it: bindings, uniforms and the entry are written around its code. */
export interface DeviceProgram {
  readonly variableNames: string[]
  readonly outputShape: number[]
  readonly shaderKey: string
  readonly workgroupSize: [number, number, number]
  /** Set anew by the backend where a dimension would be too large. */
  dispatch: [number, number, number]
  readonly dispatchLayout: { readonly x: number[]; readonly y?: number[] }
  readonly uniforms: string
  /** Whether `uniforms.size` is to hold the length of the output. */
  readonly size: boolean
  readonly getUserCode: () => string
}

export interface DeviceUniform {
  readonly type: 'int32' | 'float32'
  readonly data: number[]
}

/** What the backend shows of itself; not in the types of a backend, so nothing is certain. */
export interface DeviceBackend extends tf.KernelBackend {
  readonly device: GPUDevice
  readonly queue: GPUQueue
  readonly tensorMap: { readonly get: (dataId: object) => { readonly resource?: GPUBuffer } }
  readonly ensureCommandEncoderReady: () => void
  readonly endComputePassEncoder: () => void
  readonly submitQueue: () => void
  readonly uploadToGPU: (dataId: object) => void
  readonly makeTensorInfo: (shape: number[], dtype: 'float32') => tf.TensorInfo
  readonly runWebGPUProgram: (
    program: DeviceProgram,
    inputs: tf.TensorInfo[],
    dtype: 'float32',
    uniforms?: DeviceUniform[],
  ) => tf.TensorInfo
}

const values = ['device', 'queue', 'tensorMap'] as const
const methods = [
  'ensureCommandEncoderReady',
  'endComputePassEncoder',
  'submitQueue',
  'uploadToGPU',
  'makeTensorInfo',
  'runWebGPUProgram',
] as const

/** Whether a backend is that of WebGPU and shows all that is used here. */
export function isDevice(backend: tf.KernelBackend): backend is DeviceBackend {
  const has = (kind: string) => (name: string) => typeof Reflect.get(backend, name) === kind
  return values.every(has('object')) && methods.every(has('function'))
}
