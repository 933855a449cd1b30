import { createRandom } from '../../src/core/random'

/** Weights of a tenth, normally distributed. */
export function smallValues(length: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length }, () => 0.1 * random.normal())
}
