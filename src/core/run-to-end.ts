/** Runs work that could stop between its pieces without stopping. */
export function runToEnd<Result>(running: Generator<unknown, Result, undefined>): Result {
  for (;;) {
    const next = running.next()
    if (next.done === true) return next.value
  }
}
