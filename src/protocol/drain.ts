/** Reads a long call to its end and returns what it ends with. */
export async function drain<Event, Result>(
  iterator: Pick<AsyncIterator<Event, Result>, 'next'>,
  onEvent: (event: Event) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const step = await iterator.next()
    if (step.done === true) return step.value
    onEvent(step.value)
  }
}
