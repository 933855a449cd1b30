import type { OnnxRuntime } from './environment'

/** A model of one `Identity`. */
const SMALLEST = [
  ...[8, 8, 58, 47, 10, 16, 10, 1, 120, 18, 1, 121, 34, 8, 73, 100, 101, 110, 116, 105, 116, 121],
  ...[18, 1, 103, 90, 11, 10, 1, 120, 18, 6, 10, 4, 8, 1, 18, 0, 98, 11, 10, 1, 121, 18, 6, 10, 4],
  ...[8, 1, 18, 0, 66, 4, 10, 0, 16, 13],
]

let loading: Promise<OnnxRuntime> | null = null

/**
 * The runtime of ONNX with its WebAssembly, from the studio's own files, ready to be given models. On one thread, wherever it runs:
 * sums are then added in one order on every machine, and no further workers start.
 * @param wasm fetched before anything starts, so that a lost network leaves nothing half done
 */
export function loadOnnxRuntime(wasm: () => Promise<Uint8Array>): Promise<OnnxRuntime> {
  loading ??= started(wasm).catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

async function started(wasm: () => Promise<Uint8Array>): Promise<OnnxRuntime> {
  const [runtime, binary] = await Promise.all([import('onnxruntime-web/wasm'), wasm()])
  const { env, InferenceSession } = runtime
  env.logLevel = 'fatal'
  env.wasm.numThreads = 1
  env.wasm.wasmBinary = binary
  // Whoever announces how long a model takes should not wait for a compiler.
  await (await InferenceSession.create(Uint8Array.from(SMALLEST))).release()
  delete env.wasm.wasmBinary
  return runtime
}
