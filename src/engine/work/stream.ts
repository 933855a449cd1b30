/** Hands an event to whoever reads the stream. */
export type Emit<Event> = (event: Event) => void

/**
 * Turns work that reports as it goes into an async generator. Leaving the generator, or aborting the
 * outer signal, aborts the signal that the work gets; the generator ends when the work has ended.
 */
export async function* streamed<Event, Result>(
  outer: AbortSignal | undefined,
  work: (emit: Emit<Event>, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Event, Result, undefined> {
  const controller = new AbortController()
  const signal =
    outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal])
  const queue: Event[] = []
  let wake = (): void => undefined
  const emit: Emit<Event> = (event) => {
    queue.push(event)
    wake()
  }
  let result: { readonly value: Result } | { readonly error: unknown } | null = null
  const ended = work(emit, signal).then(
    (value) => {
      result = { value }
      wake()
    },
    (error: unknown) => {
      result = { error }
      wake()
    },
  )
  const outcome = (): typeof result => result
  try {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) {
        yield next
        continue
      }
      const end = outcome()
      if (end !== null) {
        if ('error' in end) throw end.error
        return end.value
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    controller.abort()
    await ended
  }
}

/** Measurements that have nothing to say yet say after this time what they have. */
export const PATIENCE_MS = 2000

/** Passes on at most one event per interval, and always one that `isLast`. */
export function atMostEvery<Event>(
  intervalMs: number,
  now: () => number,
  emit: Emit<Event>,
  isLast: (event: Event) => boolean = () => false,
): Emit<Event> {
  let next = -Infinity
  return (event) => {
    const time = now()
    if (time < next && !isLast(event)) return
    next = time + intervalMs
    emit(event)
  }
}
