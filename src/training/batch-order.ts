import { createRandom, shuffled } from '../core/random'
import type { Random } from '../core/random'

/**
 * Random numbers of a run. They are a function of the seed and the place in the run alone, so a run that
 * is taken up again at an epoch needs nothing but the number of that epoch.
 */
export function randomAt(seed: number, epoch: number, step: number): Random {
  const mixed = Math.imul(seed ^ (epoch * 0x9e3779b1), 0x85ebca6b) ^ Math.imul(step + 1, 0xc2b2ae35)
  return createRandom((seed % 2 ** 20) * 2 ** 32 + (mixed >>> 0))
}

/** The samples of an epoch in their order. */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return Uint32Array.from(shuffled(Array(count).keys(), randomAt(seed, epoch, -1)))
}

/** Batches of an epoch: an incomplete last one is left out, unless it is the only one. */
export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.max(1, Math.floor(count / batchSize))
}
