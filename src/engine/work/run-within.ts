import { runBetween } from '../../files/run-between'
import type { Pace } from './pace'

/** A pass over a weight, in milliseconds: what most of them take on a slow machine. */
const MS_OF_WEIGHT = 1e-5

/** How long one pass over the largest tensor should take: nothing stops within it. */
export function largestMs(weights: readonly { readonly values: ArrayLike<number> }[]): number {
  return MS_OF_WEIGHT * Math.max(0, ...weights.map(({ values }) => values.length))
}

/**
 * Runs pure work to its end, with a place to stop after each of its pieces.
 * @param pieceMs how long the longest of them should take
 * @throws StudioError 'engine/cancelled', or what the work throws
 */
export function runWithin<Result>(
  pace: Pick<Pace, 'between'>,
  signal: AbortSignal,
  running: Generator<unknown, Result, undefined>,
  pieceMs = 0,
): Promise<Result> {
  return runBetween(running, () => pace.between(signal, pieceMs))
}
