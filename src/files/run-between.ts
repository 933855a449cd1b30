/**
 * Runs pure work to its end, with a place to stop after each of its pieces.
 * @throws what `between` or the work throws
 */
export async function runBetween<Result>(
  running: Generator<unknown, Result, undefined>,
  between: () => Promise<unknown>,
): Promise<Result> {
  for (;;) {
    const next = running.next()
    if (next.done === true) return next.value
    await between()
  }
}
