/** Node 20 has relaxed SIMD behind a flag; browsers and later versions have it at hand. */
import { setFlagsFromString } from 'node:v8'

export function allowRelaxedSimd(): void {
  const [major = NaN] = process.versions.node.split('.').map(Number)
  if (major < 22) setFlagsFromString('--experimental-wasm-relaxed-simd')
}
