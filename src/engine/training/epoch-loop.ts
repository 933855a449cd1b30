import { isStudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import type { TrainEvent } from '../../protocol/training-messages'
import type { Divergence } from '../../training/divergence'
import { randomAt } from '../../training/batch-order'
import { learningRateAt } from '../../training/learning-rate'
import type { BatchFeed } from '../samples/batch-feed'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import { DeviceReadings } from './device-readings'
import { keptAt } from './rollbacks'
import type { Rollbacks } from './rollbacks'
import type { RunPlace } from './run-place'
import { pieceSize, piecesOf } from '../../training/pieces'
import { teacherTooLarge, tooLargeFor } from './run-goal'
import { gpuBytes } from './run-memory'
import { settleFault } from './settle-fault'
import type { StepResult, UnreadStep } from './pieces/step-ways'
import type { Stepper } from './stepper'
import { Throughput } from './throughput'
import type { TrainingParts } from './training-parts'
import type { TrainingTask } from './training-task'

/** Whole numbers that float32 holds are as good as any. */
const SEEDS = 2 ** 24

/** Curves get a point this often, milliseconds. */
const EVENT_INTERVAL_MS = 250

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
  private readonly readings: DeviceReadings

  constructor(tools: EpochTools) {
    this.tools = tools
    const { backend, pace } = tools.task.tools
    this.readings = new DeviceReadings(backend().info.backend === 'webgpu', () => pace.now())
  }

  /** @returns false where the run was stopped in the middle */
  async runEpoch(): Promise<boolean> {
    try {
      return await this.runSteps()
    } finally {
      this.readings.dispose()
    }
  }

  private async runSteps(): Promise<boolean> {
    const { readings } = this
    readings.restart()
    const { emit, feed, parts, place, rollbacks, signal, task } = this.tools
    const { control, settings } = task
    const { pace } = task.tools
    const throughput = new Throughput(() => pace.now())
    const report = atMostEvery(EVENT_INTERVAL_MS, () => pace.now(), emit)
    const { batchSize } = place
    const steps = feed.steps(batchSize)
    const before = (samples: number): Promise<void> =>
      pace.breathe(signal, throughput.msFor(samples) ?? this.expectedMs(samples))
    for (let index = 0; index < steps;) {
      await pace.breathe(signal)
      if (control.paused) {
        await this.pause()
        throughput.restart()
        readings.restart()
      }
      if (control.stopping) return false
      const done = place.epoch * steps + index
      const total = steps * settings.epochs
      const stretch = parts.decayStretch(done / total)
      const rate = rollbacks.rateScale * learningRateAt(done, total, settings, stretch)
      const last = index + 1 === steps
      const isRead = last || readings.isDue || keptAt(place.step + 1)
      const result = await this.guardedStep(index, rate, done / total, before, isRead)
      if (result === null) continue
      index++
      place.step++
      if ('unread' in result) {
        readings.keep(result.unread)
        continue
      }
      const losses = await this.alone(() => readings.take(result.loss))
      throughput.add(batchSize * losses.length)
      const bad = await this.badLoss(losses, last)
      if (bad !== null) await this.goBack(bad)
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
          workers: this.tools.stepper.workers,
        })
    }
    return true
  }

  /** Of a step that nobody has timed: forward, and twice that backward; a teacher is another model. */
  private expectedMs(samples: number): number {
    const { task } = this.tools
    const passes = task.teacher === null ? 3 : 4
    return passes * task.tools.pace.expect(task.state.macs * samples)
  }

  /** What a further worker may take for its part of a batch, however busy the machine is. */
  private limitMs(samples: number): number {
    return 60_000 + 20 * this.expectedMs(samples)
  }

  /**
   * The loss of a step is that of the weights before it, so behind the last step of an epoch the weights are looked at too.
   * @returns null where all is well
   */
  private async badLoss(losses: readonly number[], last: boolean): Promise<number | null> {
    const { divergence, parts } = this.tools
    const bad = losses.find((loss) => divergence.sees(loss))
    if (bad !== undefined) return bad
    const isLost = last && (await this.alone(() => parts.isLost()))
    return isLost ? (losses.at(-1) ?? NaN) : null
  }

  private async pause(): Promise<void> {
    const { emit, place, signal, task } = this.tools
    const { epoch, step } = place
    emit({ type: 'paused', epoch, step })
    await task.control.gate(signal)
    if (!task.control.stopping) emit({ type: 'resumed', epoch, step })
  }

  /** @returns null where a piece did not fit and was halved */
  private async guardedStep(
    index: number,
    learningRate: number,
    progress: number,
    before: (samples: number) => Promise<void>,
    isRead: boolean,
  ): Promise<StepResult | UnreadStep | null> {
    const { feed, parts, place, rollbacks, signal, stepper, task } = this.tools
    const { batchSize, epoch, piece, step } = place
    const alone = <Result>(work: () => Promise<Result>): Promise<Result> => this.alone(work)
    try {
      const batch = await feed.draw(epoch, index, batchSize, signal)
      await this.alone(async () => {
        for (const hook of parts.hooks) await hook.beforeStep({ step, progress }, signal)
        rollbacks.keep(parts, step)
      })
      // Layers with dropout count on from the seed, each with its own.
      const limitMs = this.limitMs(batchSize)
      const seed = randomAt(task.settings.seed, epoch, step).below(SEEDS)
      const ways = { learningRate, seed, before, alone, limitMs, isRead }
      const result = await stepper.step(batch, piecesOf(batchSize, piece), ways)
      task.tools.backend().watch.check()
      return result
    } catch (error) {
      const fault = await settleFault(task.tools).then(
        () => error,
        (settled: unknown) => settled,
      )
      // Weights that are no numbers any more: quantization is the first to notice.
      if (isStudioError(fault) && fault.code === 'quantize/non-finite')
        return { loss: NaN, correct: null }
      if (memoryFaultOf(fault) !== 'tooLarge') throw fault
      this.halvePiece(fault)
      return null
    }
  }

  /** @throws StudioError 'train/out-of-memory', 'train/teacher-memory' where a piece is one sample */
  private halvePiece(cause: unknown): void {
    const { emit, parts, place, task } = this.tools
    const { teacher } = task
    const size = pieceSize(place.batchSize, place.piece)
    if (size < 2) {
      // It could be asked before the student is there.
      if (teacher?.settings.askFirst === false) throw teacherTooLarge(task, cause)
      throw tooLargeFor(task, cause)
    }
    place.piece = Math.floor(size / 2)
    const statistics = parts.follow(place)
    emit({ type: 'pieceHalved', piece: place.piece, statistics })
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
