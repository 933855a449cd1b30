import { throwIfCancelled } from './pace'

/** A lock with a queue: whoever uses tensors or the weights of the running model holds it. */
export class Exclusive {
  private last: Promise<unknown> = Promise.resolve()

  /**
   * Runs work alone, after everything that came before it.
   * @throws StudioError 'engine/cancelled' when the signal ends the wait; else whatever work throws
   */
  async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const release = await this.acquire(signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /** @returns what gives the lock back */
  async acquire(signal: AbortSignal): Promise<() => void> {
    const before = this.last
    let release = (): void => undefined
    this.last = new Promise<void>((resolve) => {
      release = resolve
    })
    // The place in the queue is kept even when the wait is given up, or the order would be lost.
    await before
    if (signal.aborted) release()
    throwIfCancelled(signal)
    return release
  }
}
