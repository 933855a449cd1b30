/** The WASM backend of TensorFlow.js in Node, and our kernel module for it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'

const binaries = new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)
const kernelModule = new URL('../src/engine/wasm-kernels/kernels.wasm', import.meta.url)

/** Makes 'wasm' the current backend. */
export async function startWasmBackend(): Promise<void> {
  setWasmPaths(fileURLToPath(binaries))
  await tf.setBackend('wasm')
  await tf.ready()
}

/** `kernels.wasm`, as `npm run build:kernels` leaves it. */
export function readKernelModule(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(kernelModule))
}
