/** The place the engine runs in, in Node: files instead of a server, no GPU unless a test brings one. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { oneCore } from './cores-host'
import { readKernelModule } from './wasm-in-node'
import { decodePng } from './decode-png'
import { LARGE_MODEL_BYTES, TRAINING_BYTES } from './environment'
import type { EngineEnvironment } from './environment'
import { loadOnnxRuntime } from './onnx-runtime'

const binaries = new URL(
  '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/',
  import.meta.url,
)
const onnxRuntime = new URL(
  '../../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  import.meta.url,
)
const site = new URL('../../../public/', import.meta.url)

function wasmPath(name: string): string {
  return fileURLToPath(new URL(name, binaries))
}

export function nodeEnvironment(changes: Partial<EngineEnvironment> = {}): EngineEnvironment {
  return {
    wasmPaths: {
      'tfjs-backend-wasm.wasm': wasmPath('tfjs-backend-wasm.wasm'),
      'tfjs-backend-wasm-simd.wasm': wasmPath('tfjs-backend-wasm-simd.wasm'),
      'tfjs-backend-wasm-threaded-simd.wasm': wasmPath('tfjs-backend-wasm-threaded-simd.wasm'),
    },
    gpu: null,
    webglRenderer: () => null,
    loadWebgpu: () => Promise.resolve(),
    loadOnnxRuntime: () => loadOnnxRuntime(() => readFile(onnxRuntime)),
    crossOriginIsolated: false,
    cores: oneCore,
    fetchOwn: async (path) => {
      try {
        return new Response(await readFile(new URL(path, site)))
      } catch {
        return new Response(null, { status: 404 })
      }
    },
    decodeImage: decodePng,
    trainingKernels: () => Promise.resolve(readKernelModule()),
    largeModelBytes: LARGE_MODEL_BYTES,
    trainingBytes: TRAINING_BYTES,
    now: () => performance.now(),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    beat: () => undefined,
    versions: { 'compression-studio': '0.0.0-test' },
    ...changes,
  }
}
