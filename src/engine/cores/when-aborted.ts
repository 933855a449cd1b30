interface Waiting {
  readonly leaves: Set<() => void>
  readonly tell: () => void
}

const waitingOn = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `leave` once the signal is aborted, also where it is already. However many wait, the signal has one listener: Node
 * takes more than ten for a leak.
 * @returns what ends the wait; nothing of the last one stays with the signal
 */
export function whenAborted(signal: AbortSignal, leave: () => void): () => void {
  if (signal.aborted) {
    leave()
    return () => undefined
  }
  const waiting = waitingOn.get(signal) ?? begun(signal)
  waiting.leaves.add(leave)
  return () => {
    waiting.leaves.delete(leave)
    if (waiting.leaves.size > 0 || waitingOn.get(signal) !== waiting) return
    signal.removeEventListener('abort', waiting.tell)
    waitingOn.delete(signal)
  }
}

function begun(signal: AbortSignal): Waiting {
  const leaves = new Set<() => void>()
  const tell = (): void => {
    for (const leave of leaves) leave()
  }
  signal.addEventListener('abort', tell, { once: true })
  const waiting = { leaves, tell }
  waitingOn.set(signal, waiting)
  return waiting
}
