/** Reads an event iterator to its end and returns what it returns. */
export async function drain<Event, Result>(
  iterator: AsyncIterator<Event, Result>,
  onEvent: (event: Event) => void,
): Promise<Result> {
  for (;;) {
    const step = await iterator.next()
    if (step.done === true) return step.value
    onEvent(step.value)
  }
}
