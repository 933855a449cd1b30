import { StudioError } from '../../core/errors'

/** The buttons of a run: pause, resume, stop. Cancelling is the signal's business. */
export class RunControl {
  private waiting: (() => void)[] = []
  private isPaused = false
  private isStopping = false

  get paused(): boolean {
    return this.isPaused
  }

  get stopping(): boolean {
    return this.isStopping
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    for (const wake of this.waiting.splice(0)) wake()
  }

  /** Ends the run after the step that is going on; the best weights are kept. */
  stop(): void {
    this.isStopping = true
    this.resume()
  }

  /** Waits while the run is paused. @throws StudioError 'engine/cancelled' */
  async gate(signal: AbortSignal): Promise<void> {
    while (this.isPaused && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve)
        signal.addEventListener('abort', () => {
          resolve()
        })
      })
    if (signal.aborted) throw new StudioError('engine/cancelled', {})
  }
}
