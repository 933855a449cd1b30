import { throwIfCancelled } from './pace'
import { whenAborted } from '../cores/when-aborted'

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

  /**
   * @returns what gives the lock back
   * @throws StudioError 'engine/cancelled' as soon as the signal ends the wait
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    const before = this.last
    let release = (): void => undefined
    this.last = new Promise<void>((resolve) => {
      release = resolve
    })
    await soonerOf(before, signal)
    if (signal.aborted) {
      // The place in the queue is kept when the wait is given up, or the order would be lost.
      void before.then(release)
      throwIfCancelled(signal)
    }
    return release
  }
}

/** A turn that comes, or a signal that ends the wait for it; nothing of the wait stays with the signal. */
async function soonerOf(turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let stay = (): void => undefined
  const left = new Promise<void>((resolve) => {
    stay = whenAborted(signal, resolve)
  })
  await Promise.race([turn, left])
  stay()
}
