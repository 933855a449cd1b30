import wasmPlain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import wasmThreaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import onnxRuntime from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import fusedKernels from '../wasm-kernels/kernels-fused.wasm?url'
import plainKernels from '../wasm-kernels/kernels.wasm?url'
import { version } from '@tensorflow/tfjs'
import { dependencies, version as studioVersion } from '../../../package.json'
import { browserCores } from './cores-in-browser'
import { decodeImage } from './decode-image'
import { LARGE_MODEL_BYTES, TRAINING_BYTES } from './environment'
import type { EngineEnvironment } from './environment'
import { loadOnnxRuntime } from './onnx-runtime'

/**
 * The worker as the place of the engine.
 * @param page address of the page that started it
 */
export function browserEnvironment(
  page: string,
  beat: EngineEnvironment['beat'],
): EngineEnvironment {
  return {
    wasmPaths: {
      'tfjs-backend-wasm.wasm': wasmPlain,
      'tfjs-backend-wasm-simd.wasm': wasmSimd,
      'tfjs-backend-wasm-threaded-simd.wasm': wasmThreaded,
    },
    // Missing in browsers without WebGPU and on pages served without TLS.
    gpu: (navigator as Partial<Pick<Navigator, 'gpu'>>).gpu ?? null,
    webglRenderer,
    loadWebgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
    loadOnnxRuntime: () => loadOnnxRuntime(() => bytesOf(onnxRuntime)),
    crossOriginIsolated: self.crossOriginIsolated,
    cores: browserCores(),
    fetchOwn: (path, signal) => fetch(new URL(path, page), { signal }),
    decodeImage,
    trainingKernels,
    largeModelBytes: LARGE_MODEL_BYTES,
    trainingBytes: TRAINING_BYTES,
    now: () => performance.now(),
    breathe: createBreath(),
    beat,
    versions: {
      'compression-studio': studioVersion,
      '@tensorflow/tfjs': version.tfjs,
      'onnxruntime-web': dependencies['onnxruntime-web'],
    },
  }
}

/** With fused multiply-add where the browser has relaxed SIMD. */
async function trainingKernels(): Promise<Uint8Array<ArrayBuffer>> {
  const fused = await bytesOf(fusedKernels)
  return WebAssembly.validate(fused) ? fused : bytesOf(plainKernels)
}

async function bytesOf(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${response.status} for ${address}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Asks a context of its own and gives it back. */
function webglRenderer(): string | null {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2')
  if (context === null) return null
  const details = context.getExtension('WEBGL_debug_renderer_info')
  const name: unknown = context.getParameter(
    details === null ? context.RENDERER : details.UNMASKED_RENDERER_WEBGL,
  )
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return String(name)
}

/** A macrotask by message: timers are held back to 4 ms, animation frames stop in hidden tabs. */
function createBreath(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => {
    waiting.shift()?.()
  }
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      port2.postMessage(null)
    })
}
