import type * as OnnxRuntimeWeb from 'onnxruntime-web/wasm'
import type { RgbaImage } from '../../data/rgba-image'
import type { CoresHost } from './cores-host'

/** What the engine needs from the place it runs in: a worker of the page, or Node in tests. */
export interface EngineEnvironment {
  /** Where the three files of the WASM backend are, by their own names. */
  readonly wasmPaths: WasmPaths
  /** null where the browser has no WebGPU. */
  readonly gpu: Pick<GPU, 'requestAdapter'> | null
  /** null where there is no WebGL; else what to ask before tfjs makes a context of its own. */
  readonly webglRenderer: () => string | null
  /** Registers the WebGPU backend; a chunk of its own, loaded only where it may be used. */
  readonly loadWebgpu: () => Promise<unknown>
  /** The runtime of ONNX, on one thread; loaded only where a model is measured that nothing else runs. */
  readonly loadOnnxRuntime: () => Promise<OnnxRuntime>
  readonly crossOriginIsolated: boolean
  /** For what is computed side by side. */
  readonly cores: CoresHost
  /** Reads a file of the studio itself, by its path below the page. */
  readonly fetchOwn: (path: string, signal: AbortSignal) => Promise<Response>
  /**
   * Decodes a picture to RGBA bytes, upright and without colour management.
   * @throws StudioError 'data/image-broken', 'data/image-too-large'
   */
  readonly decodeImage: (path: string, bytes: Uint8Array) => Promise<RgbaImage>
  /** The SIMD kernels for training on the WASM backend. */
  readonly trainingKernels: () => Promise<Uint8Array<ArrayBuffer>>
  /** A model with more bytes of weights is never there twice: no second one is built beside it. */
  readonly largeModelBytes: number
  /** What a training run may take of memory, of the backend and of the script together. */
  readonly trainingBytes: number
  readonly now: () => number
  /** Lets messages and timers in between two pieces of work; a macrotask. */
  readonly breathe: () => Promise<void>
  /** Tells the page that the worker lives and how long it may now be silent. */
  readonly beat: (expectedMs: number) => void
  /** Name and version of the studio, of tfjs and of the runtime of ONNX, for the report. */
  readonly versions: Readonly<Record<string, string>>
}

export type OnnxRuntime = Pick<typeof OnnxRuntimeWeb, 'InferenceSession' | 'Tensor'>

/** Half a gigabyte with a second copy, its packed kernels and what is computed with both. */
export const LARGE_MODEL_BYTES = 128 * 2 ** 20

/**
 * Of WebAssembly memory and script heap together: under 2 GB with what nobody can foresee. The same for a graphics device,
 * which does not say what it has.
 */
export const TRAINING_BYTES = 1.85 * 2 ** 30

export interface WasmPaths {
  readonly 'tfjs-backend-wasm.wasm': string
  readonly 'tfjs-backend-wasm-simd.wasm': string
  readonly 'tfjs-backend-wasm-threaded-simd.wasm': string
}
