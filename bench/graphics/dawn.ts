/** WebGPU in Node, by Dawn, from the npm package `webgpu`. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs'

/** MIT, Dawn in it BSD-3-Clause; 132 MB with its libraries for five systems, so it is fetched only where it is asked for. */
const PACKAGE = 'webgpu@0.6.2'
const room = fileURLToPath(new URL('../../node_modules/.cache/dawn/', import.meta.url))

interface Dawn {
  /** @param options as `backend=vulkan` */
  readonly create: (options: readonly string[]) => GPU
  readonly globals: object
}

/** What was asked of a device so far. */
export interface Traffic {
  readonly dispatches: number
  /** Buffers that were read by the script. */
  readonly readings: number
}

function fetched(): string {
  const entry = `${room}node_modules/webgpu/index.js`
  if (!existsSync(entry)) {
    mkdirSync(room, { recursive: true })
    console.error(`fetching ${PACKAGE}, 132 MB when it is unpacked, into ${room}`)
    // Its script after the installation only takes a mark off the file on macOS.
    execFileSync(
      'npm',
      ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', room, PACKAGE],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      },
    )
  }
  return pathToFileURL(entry).href
}

export interface StartedDawn {
  readonly adapter: GPUAdapterInfo
  /** Whether a driver in software computes. */
  readonly isSoftware: boolean
  /** What was asked of the device so far. */
  readonly traffic: () => Traffic
}

/** Gives Node `navigator.gpu`, as a browser has it, and makes 'webgpu' the backend. */
export async function startDawn(): Promise<StartedDawn> {
  const { create, globals } = (await import(fetched())) as Dawn
  Object.assign(globalThis, globals)
  const gpu = create([])
  const value = { gpu, userAgent: 'node' }
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true })
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null)
    throw new Error('Dawn finds no adapter: is there a driver of Vulkan, Metal or Direct3D 12?')
  const traffic = watched()
  await import('@tensorflow/tfjs-backend-webgpu')
  await tf.setBackend('webgpu')
  await tf.ready()
  return {
    adapter: adapter.info,
    isSoftware: adapter.info.isFallbackAdapter,
    traffic,
  }
}

function watched(): () => Traffic {
  let [dispatches, readings] = [0, 0]
  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => {
    dispatches++
  })
  before(GPUBuffer.prototype, 'mapAsync', ([mode]) => {
    if (mode === GPUMapMode.READ) readings++
  })
  return () => ({ dispatches, readings })
}

/** Lets `see` look at each call of a method first. */
function before(prototype: object, name: string, see: (given: readonly unknown[]) => void): void {
  const method = Reflect.get(prototype, name) as (...given: unknown[]) => unknown
  Reflect.set(prototype, name, function (this: unknown, ...given: unknown[]) {
    see(given)
    return Reflect.apply(method, this, given)
  })
}
