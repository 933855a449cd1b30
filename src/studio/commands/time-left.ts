/** Work that is shorter needs no word about its end. */
const WORTH_SAYING_MS = 2000
/** What has just begun says little about its speed. */
const FEWEST_MS = 500

/** Tells how long work still takes from how much of it is done; null where that is not known or not worth it. */
export class TimeLeft {
  private readonly now: () => number
  private started: number

  /** The work begins now. */
  constructor(now: () => number) {
    this.now = now
    this.started = now()
  }

  /** Milliseconds in which the work stood still, or was for nothing, say nothing about it. */
  leaveOut(ms: number): void {
    this.started += ms
  }

  /** @returns milliseconds */
  after({ done, total }: { readonly done: number; readonly total: number }): number | null {
    const passed = this.now() - this.started
    if (done <= 0 || passed < FEWEST_MS) return null
    const left = (passed / done) * (total - done)
    return passed + left < WORTH_SAYING_MS ? null : left
  }
}
