import * as tf from '@tensorflow/tfjs'
import { isDevice } from '../webgpu-kernels/device-backend'
import type { DeviceBackend } from '../webgpu-kernels/device-backend'

/** What a weight is updated from. */
export interface AdamInputs {
  readonly weight: tf.Tensor
  readonly gradient: tf.Tensor
  readonly first: tf.Tensor
  readonly second: tf.Tensor
  /** Whether weight decay applies to it. */
  readonly decays: boolean
}

/** The caller disposes them. */
export interface AdamOutputs {
  readonly weight: tf.Tensor
  readonly first: tf.Tensor
  readonly second: tf.Tensor
}

/** One moment of Adam (Kingma & Ba 2015), the same for all weights. */
export interface AdamStep {
  readonly beta1: number
  readonly beta2: number
  /** 1 / (1 - beta1^t) */
  readonly correction1: number
  /** 1 / (1 - beta2^t) */
  readonly correction2: number
  readonly learningRate: number
  readonly epsilon: number
  /** What weights that decay are multiplied by first. */
  readonly shrink: number
}

const WORKGROUP = 256
/** Workgroups side by side; more go below each other, as a dimension holds 65,535. */
const ROW = 32768
const FLOATS = 8

const shader = /* wgsl */ `
struct Step {
  beta1: f32, beta2: f32, rate: f32, correction2: f32,
  epsilon: f32, shrink: f32,
}
@group(0) @binding(0) var<storage, read> weight: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> first: array<f32>;
@group(0) @binding(3) var<storage, read> second: array<f32>;
@group(0) @binding(4) var<storage, read_write> nextWeight: array<f32>;
@group(0) @binding(5) var<storage, read_write> nextFirst: array<f32>;
@group(0) @binding(6) var<storage, read_write> nextSecond: array<f32>;
@group(0) @binding(7) var<uniform> step: Step;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * ${ROW * WORKGROUP}u;
  if (i >= arrayLength(&gradient)) { return; }
  let g = gradient[i];
  let m = first[i] * step.beta1 + g * (1.0 - step.beta1);
  let v = second[i] * step.beta2 + g * g * (1.0 - step.beta2);
  nextFirst[i] = m;
  nextSecond[i] = v;
  nextWeight[i] = weight[i] * step.shrink - m * step.rate / (sqrt(v * step.correction2) + step.epsilon);
}
`

/**
 * Adam as one dispatch for each weight, all of them in one submission: operators need fourteen. Nothing is written in
 * place, since the backend keeps copies of what was read.
 */
export class AdamOnDevice {
  private readonly pipeline: GPUComputePipeline
  private readonly constants: readonly [plain: GPUBuffer, decaying: GPUBuffer]

  /** @returns null on other backends, and where the backend does not show its device */
  static of(backend: tf.KernelBackend): AdamOnDevice | null {
    return isDevice(backend) ? new AdamOnDevice(backend) : null
  }

  private constructor(private readonly backend: DeviceBackend) {
    const { device } = backend
    this.pipeline = device.createComputePipeline({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code: shader }), entryPoint: 'main' },
    })
    const uniform = (): GPUBuffer =>
      device.createBuffer({
        size: FLOATS * Float32Array.BYTES_PER_ELEMENT,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      })
    this.constants = [uniform(), uniform()]
  }

  /** One update of weights of any shapes. */
  update(weights: readonly AdamInputs[], step: AdamStep): AdamOutputs[] {
    const { backend, constants } = this
    const { device, queue } = backend
    // What is asked for up to now makes what is read here.
    backend.ensureCommandEncoderReady()
    backend.endComputePassEncoder()
    const made = weights.map((inputs) => this.prepared(inputs))
    backend.submitQueue()
    constants.forEach((buffer, decaying) => {
      queue.writeBuffer(buffer, 0, numbersOf(step, decaying === 1))
    })
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(this.pipeline)
    for (const { inputs, outputs } of made) {
      if (inputs.weight.size === 0) continue
      pass.setBindGroup(0, this.bound(inputs, outputs))
      const groups = Math.ceil(inputs.weight.size / WORKGROUP)
      pass.dispatchWorkgroups(Math.min(groups, ROW), Math.ceil(groups / ROW))
    }
    pass.end()
    queue.submit([encoder.finish()])
    return made.map(({ outputs: [weight, first, second] }) => ({ weight, first, second }))
  }

  dispose(): void {
    for (const buffer of this.constants) buffer.destroy()
  }

  private prepared(inputs: AdamInputs): { inputs: AdamInputs; outputs: Outputs } {
    const { backend } = this
    for (const { dataId } of tensorsOf(inputs)) backend.uploadToGPU(dataId)
    const fresh = (): tf.Tensor => {
      const info = backend.makeTensorInfo([...inputs.weight.shape], 'float32')
      backend.uploadToGPU(info.dataId)
      return tf.engine().makeTensorFromTensorInfo(info)
    }
    return { inputs, outputs: [fresh(), fresh(), fresh()] }
  }

  private bound(inputs: AdamInputs, outputs: Outputs): GPUBindGroup {
    const { backend, constants, pipeline } = this
    // Buffers are used again and may be longer than what lies in them.
    const size = inputs.weight.size * Float32Array.BYTES_PER_ELEMENT
    const buffers = [...tensorsOf(inputs), ...outputs].map(({ dataId }) => {
      const { resource } = backend.tensorMap.get(dataId)
      if (resource === undefined) throw new RangeError('a tensor that is not on the device')
      return { buffer: resource, size }
    })
    const [plain, decaying] = constants
    const resources = [...buffers, { buffer: inputs.decays ? decaying : plain }]
    return backend.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: resources.map((resource, binding) => ({ binding, resource })),
    })
  }
}

type Outputs = readonly [weight: tf.Tensor, first: tf.Tensor, second: tf.Tensor]

function tensorsOf({ weight, gradient, first, second }: AdamInputs): tf.Tensor[] {
  return [weight, gradient, first, second]
}

function numbersOf(step: AdamStep, decays: boolean): Float32Array<ArrayBuffer> {
  const { beta1, beta2, correction1, correction2, epsilon, learningRate, shrink } = step
  const numbers = new Float32Array(FLOATS)
  numbers.set([beta1, beta2, learningRate * correction1, correction2, epsilon, decays ? shrink : 1])
  return numbers
}
