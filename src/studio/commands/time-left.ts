/** Work that is shorter needs no word about its end. */
const WORTH_SAYING_MS = 2000
/** What has just begun says little about its speed. */
const FEWEST_MS = 500

/** How long the phase still takes that work is in: each has a speed of its own. */
export class PhaseLeft {
  private left: TimeLeft
  private before = { phase: '', done: 0 }

  constructor(private readonly now: () => number) {
    this.left = new TimeLeft(now)
  }

  /** @returns milliseconds; null where that is not known or not worth saying */
  after(progress: {
    readonly phase: string
    readonly done: number
    readonly total: number
  }): number | null {
    const { before } = this
    if (progress.phase !== before.phase || progress.done < before.done)
      this.left = new TimeLeft(this.now)
    this.before = progress
    return this.left.after(progress)
  }
}

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
