import * as tf from '@tensorflow/tfjs'
import { StudioError, isStudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import type { TrainEvent } from '../../protocol/training-messages'
import type { Divergence } from '../../training/divergence'
import { learningRateAt } from '../../training/learning-rate'
import type { BatchFeed } from '../samples/batch-feed'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import type { Rollbacks } from './rollbacks'
import { teacherTooLarge } from './run-goal'
import { gpuBytes, neededBytes } from './run-memory'
import { settleFault } from './settle-fault'
import type { Stepper, StepResult } from './stepper'
import { Throughput } from './throughput'
import type { TrainingParts } from './training-parts'
import type { TrainingTask } from './training-task'

/** Curves get a point this often, milliseconds. */
const EVENT_INTERVAL_MS = 250

/** Where a run stands; one for everybody who moves it on. */
export interface RunPlace {
  /** Whole epochs done. */
  epoch: number
  /** Steps done, of all epochs. */
  step: number
  batchSize: number
}

/** What the steps of a run are made with. */
export interface EpochTools {
  readonly task: TrainingTask
  readonly place: RunPlace
  readonly feed: BatchFeed
  readonly parts: TrainingParts
  readonly stepper: Stepper
  readonly rollbacks: Rollbacks
  readonly divergence: Divergence
  readonly emit: Emit<TrainEvent>
  readonly signal: AbortSignal
}

/** Runs the steps of one epoch after another, whatever happens to them. */
export class EpochLoop {
  private readonly tools: EpochTools
  private halved = false

  constructor(tools: EpochTools) {
    this.tools = tools
  }

  /** @returns false where the run was stopped in the middle */
  async runEpoch(): Promise<boolean> {
    const { emit, feed, parts, place, rollbacks, signal, task } = this.tools
    const { control, settings } = task
    const { pace } = task.tools
    const throughput = new Throughput(() => pace.now())
    const report = atMostEvery(EVENT_INTERVAL_MS, () => pace.now(), emit)
    let samplesDone = 0
    for (;;) {
      const { batchSize } = place
      const steps = feed.steps(batchSize)
      // After a batch was halved the epoch goes on from the same samples.
      const index = Math.floor(samplesDone / batchSize)
      if (index >= steps) return true
      await pace.breathe(signal, throughput.msFor(batchSize) ?? this.expectedMs())
      if (control.paused) {
        await this.pause()
        throughput.restart()
      }
      if (control.stopping) return false
      const done = place.epoch * steps + index
      const total = steps * settings.epochs
      const rate = rollbacks.rateScale * learningRateAt(done, total, settings)
      const result = await this.guardedStep(index, rate, done / total)
      if (result === null) continue
      samplesDone = (index + 1) * batchSize
      place.step++
      throughput.add(batchSize)
      // The loss of a step is that of the weights before it, so the last step of an epoch is looked at too.
      if (await this.isLost(result, index + 1 === steps)) await this.goBack(result.loss)
      else
        report({
          type: 'progress',
          epoch: place.epoch,
          step: place.step,
          progress: (done + 1) / total,
          loss: result.loss,
          accuracy: result.correct === null ? null : result.correct / batchSize,
          sparsity: parts.sparsity,
          learningRate: rate,
          samplesPerSecond: throughput.rate(),
          msLeft: throughput.msFor((total - done - 1) * batchSize),
          gpuBytes: gpuBytes(),
        })
    }
  }

  /** Of a step that nobody has timed: forward, and twice that backward; a teacher is another model. */
  private expectedMs(): number {
    const { place, task } = this.tools
    const passes = task.teacher === null ? 3 : 4
    return passes * task.tools.pace.expect(task.state.macs * place.batchSize)
  }

  private async isLost({ loss }: StepResult, last: boolean): Promise<boolean> {
    const { divergence, parts } = this.tools
    return divergence.sees(loss) || (last && (await this.alone(() => parts.isLost())))
  }

  private async pause(): Promise<void> {
    const { emit, place, signal, task } = this.tools
    const { epoch, step } = place
    emit({ type: 'paused', epoch, step })
    await task.control.gate(signal)
    if (!task.control.stopping) emit({ type: 'resumed', epoch, step })
  }

  /** @returns null where the batch did not fit and was halved */
  private async guardedStep(
    index: number,
    rate: number,
    progress: number,
  ): Promise<StepResult | null> {
    const { feed, parts, place, rollbacks, signal, stepper, task } = this.tools
    try {
      const batch = await feed.batch(place.epoch, index, place.batchSize, signal)
      try {
        return await this.alone(async () => {
          for (const hook of parts.hooks)
            await hook.beforeStep({ step: place.step, progress }, signal)
          rollbacks.keep(parts, place.step)
          // Layers with dropout count on from the seed, each with its own.
          const result = await stepper.step(batch, rate, 1000 * place.step)
          task.tools.backend().watch.check()
          return result
        })
      } finally {
        tf.dispose(batch.inputs)
      }
    } catch (error) {
      const fault = await settleFault(task.tools).then(
        () => error,
        (settled: unknown) => settled,
      )
      // Weights that are no numbers any more: quantization is the first to notice.
      if (isStudioError(fault) && fault.code === 'quantize/non-finite')
        return { loss: NaN, correct: null }
      if (memoryFaultOf(fault) !== 'tooLarge') throw fault
      this.halveBatch(fault)
      return null
    }
  }

  /** @throws StudioError 'train/out-of-memory', 'train/teacher-memory' the second time */
  private halveBatch(cause: unknown): void {
    const { emit, place, task } = this.tools
    const { start, state, teacher } = task
    if (this.halved || place.batchSize < 2) {
      // It could be asked before the student is there.
      if (teacher?.settings.askFirst === false) throw teacherTooLarge(task, teacher, cause)
      const bytes = neededBytes(state, start, place.batchSize)
      const facts = { batchSize: place.batchSize, bytes }
      throw new StudioError('train/out-of-memory', facts, { cause })
    }
    this.halved = true
    place.batchSize = Math.floor(place.batchSize / 2)
    emit({ type: 'batchHalved', batchSize: place.batchSize })
  }

  private async goBack(loss: number): Promise<void> {
    const { divergence, emit, place, rollbacks, task } = this.tools
    const { learningRate } = task.settings
    const rate = await this.alone(() =>
      Promise.resolve(rollbacks.goBack(learningRate, loss, place.step)),
    )
    divergence.reset()
    emit({
      type: 'rolledBack',
      epoch: place.epoch,
      step: place.step,
      loss: Number.isFinite(loss) ? loss : null,
      learningRate: rate,
    })
  }

  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.tools.task.tools.exclusive.run(this.tools.signal, work)
  }
}
