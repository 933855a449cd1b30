/** The WASM backend of TensorFlow.js in Node, and our kernel modules for it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { fillForwardGaps } from '../wasm-kernels/forward-gaps'
import { allowRelaxedSimd } from './relaxed-simd'

const binaries = new URL(
  '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/',
  import.meta.url,
)
const kernels = new URL('../wasm-kernels/', import.meta.url)

/** As `npm run build:kernels` leaves them. */
export const kernelModules = ['kernels-fused.wasm', 'kernels.wasm'] as const

allowRelaxedSimd()

/** Makes 'wasm' the current backend. */
export async function startWasmBackend(): Promise<void> {
  setWasmPaths(fileURLToPath(binaries))
  await tf.setBackend('wasm')
  await tf.ready()
  fillForwardGaps()
}

/** The module that a current browser uses, or the one that is named. */
export function readKernelModule(
  name: (typeof kernelModules)[number] = 'kernels-fused.wasm',
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, kernels)))
}
