import { createRandom } from '../../core/random'

/**
 * Chooses which weights to remove, each set of that size equally likely, in one pass and in order:
 * weight i goes with probability (still to remove) / (still to see).
 * @param length number of weights
 * @param remove how many go, 0 .. length
 * @param seed of the recipe; with `name` it decides the choice alone
 * @returns mask, 1 = kept
 * @see Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S
 */
export function chooseRandomMask(
  length: number,
  remove: number,
  seed: number,
  name: string,
): Uint8Array {
  const random = createRandom(seedOf(seed, name))
  const mask = new Uint8Array(length)
  let left = Math.min(remove, length)
  for (let i = 0; i < length; i++) {
    if (random.uniform() * (length - i) < left) left--
    else mask[i] = 1
  }
  return mask
}

/** FNV-1a over the name below the recipe's seed: layers of equal size get different choices. */
function seedOf(seed: number, name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return (seed % 2 ** 21) * 2 ** 32 + (hash >>> 0)
}
