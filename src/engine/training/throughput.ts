/** Steps that the pace is read off. */
const WINDOW = 40

/** Samples a second over the last steps, and what is left at that pace. */
export class Throughput {
  private readonly now: () => number
  private readonly recent: { readonly at: number; readonly samples: number }[] = []

  constructor(now: () => number) {
    this.now = now
    this.restart()
  }

  /** After a pause: the time until now does not count. */
  restart(): void {
    this.recent.length = 0
    this.recent.push({ at: this.now(), samples: 0 })
  }

  add(samples: number): void {
    this.recent.push({ at: this.now(), samples })
    if (this.recent.length > WINDOW) this.recent.shift()
  }

  /** Samples a second; 0 while nothing is known. */
  rate(): number {
    const [first] = this.recent
    const [last] = this.recent.slice(-1)
    if (first === undefined || last === undefined || last.at <= first.at) return 0
    const samples = this.recent.slice(1).reduce((sum, entry) => sum + entry.samples, 0)
    return (1000 * samples) / (last.at - first.at)
  }

  /** Milliseconds for so many samples; null while nothing is known. */
  msFor(samples: number): number | null {
    const rate = this.rate()
    return rate === 0 ? null : (1000 * samples) / rate
  }
}
