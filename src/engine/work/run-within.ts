import type { Pace } from './pace'

/**
 * Runs pure work to its end, with a place to stop after each of its pieces.
 * @throws StudioError 'engine/cancelled', or what the work throws
 */
export async function runWithin<Result>(
  pace: Pick<Pace, 'between'>,
  signal: AbortSignal,
  running: Generator<unknown, Result, undefined>,
): Promise<Result> {
  for (;;) {
    const next = running.next()
    if (next.done === true) return next.value
    await pace.between(signal)
  }
}
