import type { MeasureEvent, MeasureWork } from '../../protocol/measure-messages'
import type { ExportProgress } from '../../protocol/recipe-messages'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'

/** Measuring that takes longer may be left for the file. */
const LONG_MS = 20_000
/** What has just begun says little about its speed. */
const FEWEST_MS = 500

/** What measuring will take. */
interface Expected {
  /** Samples that each measurement will show to models, as far as that is known. */
  readonly passes: readonly [number, number]
  /** For all of them. */
  readonly ms: number
}

/**
 * Tells how far the measurements of a file are, as one piece of work, and how long they still take: first as was
 * expected, then as long as they have really taken.
 */
export class MeasureClock {
  private expectedMs = 0
  private readonly now: () => number
  private readonly tell: Emit<ExportProgress>
  private started: number
  private before = 0
  private done = 0
  private total = 0
  private rest = 0
  private isLong = false

  /** Says at once what is expected. */
  constructor(expected: Expected, now: () => number, emit: Emit<ExportProgress>) {
    this.now = now
    this.started = now()
    this.tell = atMostEvery(100, now, emit)
    this.expect(expected)
  }

  /** Nothing was shown to a model yet: what comes before that says nothing of how long it takes. */
  expect({ passes, ms }: Expected): void {
    ;[this.total, this.rest] = passes
    this.expectedMs = ms
    this.started = this.now()
    this.report()
  }

  /** What the measurement that goes on tells. */
  readonly show = (event: MeasureEvent | MeasureWork): void => {
    if (event.type !== 'work') return
    this.done = event.done
    this.total = event.total
    this.report()
  }

  /** The second measurement begins. */
  next(): void {
    this.before += this.total
    this.done = 0
    this.total = this.rest
    this.rest = 0
  }

  private report(): void {
    const done = this.before + this.done
    const total = this.before + this.total + this.rest
    const passed = this.now() - this.started
    const isSeen = done > 0 && passed >= FEWEST_MS
    const whole = isSeen ? (passed / done) * total : Math.max(passed, this.expectedMs)
    this.isLong ||= whole > LONG_MS
    const time = { msLeft: whole - passed, isLong: this.isLong }
    this.tell({ phase: 'measuring', done, total, time })
  }
}
