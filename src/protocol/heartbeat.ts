import type { StudioErrorData } from '../core/errors'

/**
 * Tells "slow but alive" from "hung". The worker says before each piece of work how long it should
 * take; the page allows a generous multiple of that and a generous minimum.
 */

/** Posted by the worker between pieces of work, and every second while it waits for something. */
export interface Beat {
  readonly type: 'beat'
  /** How long the worker may be silent after this beat if all goes as it should. */
  readonly expectedMs: number
}

/** Posted once, when the device of the worker has failed: what it computes is worth nothing now. */
export interface FaultSign {
  readonly type: 'fault'
  readonly fault: StudioErrorData
}

export function readFaultSign(message: unknown): FaultSign | null {
  const type: unknown = Reflect.get(Object(message), 'type')
  return type === 'fault' ? (message as FaultSign) : null
}

export function readBeat(message: unknown): Beat | null {
  const type: unknown = Reflect.get(Object(message), 'type')
  const expectedMs: unknown = Reflect.get(Object(message), 'expectedMs')
  return type === 'beat' && typeof expectedMs === 'number' ? { type, expectedMs } : null
}

/** The worker's timer while it waits; the page counts on it. */
export const BEAT_INTERVAL_MS = 1000

export interface HungLimits {
  /** A silence shorter than this is never a hang, whatever was announced. */
  readonly minimumMs: number
  /** Measured speed is the peak of a matrix product; real layers reach a tenth of it and less. */
  readonly factor: number
  /** Until the first beat: the worker is still loading its code. */
  readonly startMs: number
  /** How often the page looks. */
  readonly checkMs: number
}

const hungLimits: HungLimits = {
  minimumMs: 10_000,
  factor: 30,
  startMs: 90_000,
  checkMs: 1000,
}

/** The silence after which a worker counts as hung: max(minimum, factor * expected). */
export function silenceLimitMs(expectedMs: number, limits: HungLimits = hungLimits): number {
  return Math.max(limits.minimumMs, limits.factor * expectedMs)
}

/**
 * The time that work should take at the speed measured at start, in milliseconds.
 * @param macs multiply-accumulates, two floating-point operations each
 * @param gigaflops of the backend
 */
export function expectedMs(macs: number, gigaflops: number): number {
  return gigaflops > 0 ? (2 * macs) / (gigaflops * 1e6) : 0
}

/** Clock and timer of the page; tests bring their own. */
export interface MonitorClock {
  readonly now: () => number
  readonly every: (ms: number, run: () => void) => () => void
}

const pageClock: MonitorClock = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    return () => {
      clearInterval(timer)
    }
  },
}

/** Watches one worker from the page while it owes an answer. */
export class HungMonitor {
  private readonly onHung: (task: string, seconds: number) => void
  private readonly clock: MonitorClock
  private readonly limits: HungLimits
  private readonly owed = new Map<symbol, string>()
  private stopTimer: (() => void) | null = null
  private lastSign = 0
  private lastCheck = 0
  private limitMs: number

  /** @param onHung called once, with the longest-waiting task and the seconds of silence */
  constructor(
    onHung: (task: string, seconds: number) => void,
    clock: MonitorClock = pageClock,
    limits: HungLimits = hungLimits,
  ) {
    this.onHung = onHung
    this.clock = clock
    this.limits = limits
    this.limitMs = limits.startMs
  }

  /** Every message from the worker is a sign of life; a beat also says what to expect next. */
  beat(beat: Beat): void {
    this.lastSign = this.clock.now()
    this.limitMs = silenceLimitMs(beat.expectedMs, this.limits)
  }

  /** Says that the worker owes an answer; the result ends that. Without debts nothing is watched. */
  expectAnswer(task: string): () => void {
    const debt = Symbol(task)
    this.owed.set(debt, task)
    if (this.stopTimer === null) {
      this.lastSign = this.lastCheck = this.clock.now()
      this.stopTimer = this.clock.every(this.limits.checkMs, () => {
        this.check()
      })
    }
    return () => {
      this.owed.delete(debt)
      if (this.owed.size === 0) this.stop()
    }
  }

  stop(): void {
    this.stopTimer?.()
    this.stopTimer = null
  }

  private check(): void {
    const now = this.clock.now()
    const late = now - this.lastCheck - this.limits.checkMs
    this.lastCheck = now
    // The page itself was asleep or frozen: the worker's beats may still be in the queue.
    if (late > this.limits.checkMs) this.lastSign += late
    const silence = now - this.lastSign
    if (silence <= this.limitMs) return
    const [task = ''] = this.owed.values()
    this.stop()
    this.owed.clear()
    this.onHung(task, Math.round(silence / 1000))
  }
}
