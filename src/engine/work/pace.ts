import { StudioError } from '../../core/errors'
import type { EngineEnvironment } from '../host/environment'
import { expectedMs } from '../../protocol/heartbeat'

/** Work goes on for this long before messages are let in; a moving slider notices nothing of it. */
const SLICE_MS = 16

/** Keeps long work responsive: yields, beats, and ends when its signal says so. */
export class Pace {
  private readonly environment: Pick<EngineEnvironment, 'now' | 'breathe' | 'beat'>
  private readonly gigaflops: () => number
  private lastBreath = -Infinity

  constructor(
    environment: Pick<EngineEnvironment, 'now' | 'breathe' | 'beat'>,
    gigaflops: () => number,
  ) {
    this.environment = environment
    this.gigaflops = gigaflops
  }

  now(): number {
    return this.environment.now()
  }

  /** The time that work should take, as measured at start. */
  expect(macs: number): number {
    return expectedMs(macs, this.gigaflops())
  }

  /**
   * A place where work may stop. Yields if the slice is used up.
   * @param nextMs how long the piece of work that follows should take
   * @throws StudioError 'engine/cancelled'
   */
  async between(signal: AbortSignal, nextMs = 0): Promise<void> {
    throwIfCancelled(signal)
    if (this.environment.now() - this.lastBreath < SLICE_MS && nextMs < SLICE_MS) return
    await this.breathe(signal, nextMs)
  }

  /** Yields in any case. @throws StudioError 'engine/cancelled' */
  async breathe(signal: AbortSignal, nextMs = 0): Promise<void> {
    await this.environment.breathe()
    this.lastBreath = this.environment.now()
    throwIfCancelled(signal)
    // Last, so that no other beat can take back what is announced here.
    this.environment.beat(nextMs)
  }
}

/** @throws StudioError 'engine/cancelled' */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new StudioError('engine/cancelled', {})
}
