import type { MeasureEvent, MeasureWork } from '../../protocol/measure-messages'
import type { ExportProgress } from '../../protocol/recipe-messages'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'

/** Measuring that takes longer may be left for the file. */
const LONG_MS = 20_000
/** What has just begun says little about its speed. */
const FEWEST_MS = 500

/**
 * Tells how far the measurements of a file are, as one piece of work, and how long they still take: first as was
 * expected, then as long as they have really taken.
 */
export class MeasureClock {
  private readonly expectedMs: number
  private readonly now: () => number
  private readonly tell: Emit<ExportProgress>
  private readonly started: number
  private before = 0
  private done = 0
  private total: number
  private rest: number
  private isLong = false

  /**
   * Says so at once.
   * @param passes samples that each measurement will show to models, as far as that is known
   * @param expectedMs for all of them
   */
  constructor(
    passes: readonly [number, number],
    expectedMs: number,
    now: () => number,
    emit: Emit<ExportProgress>,
  ) {
    ;[this.total, this.rest] = passes
    this.expectedMs = expectedMs
    this.now = now
    this.started = now()
    this.tell = atMostEvery(100, now, emit)
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
