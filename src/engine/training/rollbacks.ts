import { StudioError } from '../../core/errors'
import type { RollbackPoint, TrainingParts } from './training-parts'

/** Steps between two moments that a failed step goes back to. */
const STEPS = 50
const MOST = 2

/** Whether weights are kept before so many steps are done: until then everything has to be known of those before. */
export function keptAt(step: number): boolean {
  return step % STEPS === 0
}

/** Puts a run that has gone wrong back to good weights, with half the learning rate, at most twice. */
export class Rollbacks {
  /** What the learning rate is multiplied by. */
  rateScale = 1
  count = 0
  private point: RollbackPoint | null = null

  /** Keeps this moment, every so many steps. Needs the lock. */
  keep(parts: TrainingParts, step: number): void {
    if (!keptAt(step) && this.point !== null) return
    this.point?.dispose()
    this.point = parts.rollbackPoint()
  }

  /**
   * Needs the lock.
   * @param rate the learning rate of the settings
   * @returns the learning rate from now on
   * @throws StudioError 'train/diverged' the third time
   */
  goBack(rate: number, loss: number, step: number): number {
    if (this.count >= MOST || this.point === null)
      throw new StudioError('train/diverged', {
        loss: String(Number(loss.toPrecision(4))),
        step,
        learningRate: rate * this.rateScale,
      })
    this.count++
    this.rateScale /= 2
    this.point.restore()
    return rate * this.rateScale
  }

  dispose(): void {
    this.point?.dispose()
    this.point = null
  }
}
