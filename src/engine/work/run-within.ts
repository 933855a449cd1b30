import { runBetween } from '../../files/run-between'
import type { Pace } from './pace'

/**
 * Runs pure work to its end, with a place to stop after each of its pieces.
 * @throws StudioError 'engine/cancelled', or what the work throws
 */
export function runWithin<Result>(
  pace: Pick<Pace, 'between'>,
  signal: AbortSignal,
  running: Generator<unknown, Result, undefined>,
): Promise<Result> {
  return runBetween(running, () => pace.between(signal))
}
