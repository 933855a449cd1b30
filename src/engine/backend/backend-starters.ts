import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import type { BackendName } from '../../core/backend-name'
import { StudioError } from '../../core/errors'
import type { EngineEnvironment } from '../host/environment'
import { fillForwardGaps } from '../wasm-kernels/forward-gaps'
import { noFaults, watchContext, watchDevice } from './gpu-watch'
import type { BackendWatch, WatchedContext, WatchedDevice } from './gpu-watch'
import { allocatorOf, refuseNothing } from './wasm-allocator'

/** A backend that runs, not yet tested. */
export interface StartedBackend {
  readonly adapter: string
  readonly software: boolean
  readonly maxTensorBytes: number | null
  readonly watch: BackendWatch
}

/** A device that computes in software: slower than WASM, so never chosen by itself. */
export class SoftwareAdapter extends Error {
  readonly adapter: string

  constructor(adapter: string) {
    super(`software adapter ${adapter}`)
    this.adapter = adapter
  }
}

type Starter = (environment: EngineEnvironment, allowSoftware: boolean) => Promise<StartedBackend>

/** Makes each backend the current one. They throw a reason where that is not possible. */
export const backendStarters: Readonly<Record<BackendName, Starter>> = {
  webgpu: startWebgpu,
  webgl: startWebgl,
  wasm: startWasm,
  cpu: startCpu,
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp/i

async function startWebgpu(
  environment: EngineEnvironment,
  allowSoftware: boolean,
): Promise<StartedBackend> {
  // tfjs does not look whether it gets an adapter before it uses it.
  const adapter = await environment.gpu?.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null || adapter === undefined)
    throw new StudioError('engine/no-adapter', { backend: 'webgpu' })
  const { vendor, architecture, description } = adapter.info
  const name = description === '' ? `${vendor} ${architecture}`.trim() : description
  const fallback: unknown = Reflect.get(adapter.info, 'isFallbackAdapter')
  const software = fallback === true || SOFTWARE.test(`${vendor} ${architecture} ${description}`)
  if (software && !allowSoftware) throw new SoftwareAdapter(name)
  await environment.loadWebgpu()
  await use('webgpu')
  const device = deviceOf(tf.backend())
  if (device === null) throw unavailable('webgpu', 'tfjs made no device')
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
  return {
    adapter: name,
    software,
    maxTensorBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    watch: watchDevice(device, environment.breathe),
  }
}

type LimitedDevice = WatchedDevice & {
  readonly limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>
}

function deviceOf(backend: tf.KernelBackend): LimitedDevice | null {
  const device: unknown = Reflect.get(backend, 'device')
  return typeof device === 'object' && device !== null && 'lost' in device && 'limits' in device
    ? (device as LimitedDevice)
    : null
}

async function startWebgl(
  environment: EngineEnvironment,
  allowSoftware: boolean,
): Promise<StartedBackend> {
  const renderer = environment.webglRenderer()
  if (renderer === null) throw new StudioError('engine/no-adapter', { backend: 'webgl' })
  const software = SOFTWARE.test(renderer)
  if (software && !allowSoftware) throw new SoftwareAdapter(renderer)
  await use('webgl')
  const context = contextOf(tf.backend())
  if (context === null) throw unavailable('webgl', 'tfjs made no context')
  const side = tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE')
  return {
    adapter: renderer,
    software,
    // Four float32 in a texel.
    maxTensorBytes: side * side * 16,
    watch: watchContext(context),
  }
}

function contextOf(backend: tf.KernelBackend): WatchedContext | null {
  const gpgpu: unknown = Reflect.get(backend, 'gpgpu')
  const context: unknown = Reflect.get(Object(gpgpu), 'gl')
  return typeof context === 'object' && context !== null && 'isContextLost' in context
    ? (context as WatchedContext)
    : null
}

/** Needs nothing of its place but where the backend's files are. */
export async function startWasm(
  environment: Pick<EngineEnvironment, 'wasmPaths'>,
): Promise<StartedBackend> {
  setWasmPaths({ ...environment.wasmPaths })
  // The training kernels work in the backend's memory, which only the single-thread build exports.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  await use('wasm')
  fillForwardGaps()
  const allocator = allocatorOf(tf.backend())
  if (allocator !== null) refuseNothing(allocator)
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
  return {
    adapter: simd === true ? 'SIMD' : 'no SIMD',
    software: false,
    maxTensorBytes: null,
    watch: noFaults,
  }
}

export async function startCpu(): Promise<StartedBackend> {
  await use('cpu')
  return {
    adapter: 'JavaScript',
    software: false,
    maxTensorBytes: null,
    watch: noFaults,
  }
}

/** tfjs goes on with another backend and only warns, so what it says is checked. */
async function use(backend: BackendName): Promise<void> {
  const done = await tf.setBackend(backend)
  if (!done) throw unavailable(backend, 'tfjs could not start it')
  await tf.ready()
  if (tf.getBackend() !== backend) throw unavailable(backend, `tfjs chose ${tf.getBackend()}`)
}

function unavailable(backend: BackendName, reason: string): StudioError {
  return new StudioError('engine/backend-unavailable', { backend, reason })
}
