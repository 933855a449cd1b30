import * as tf from '@tensorflow/tfjs'
import { StudioError, isStudioError } from '../../core/errors'
import type { TrainEnd, TrainEvent } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import { readCheckpoint, writeCheckpoint } from '../../training/checkpoint-file'
import { Divergence } from '../../training/divergence'
import { learningRateAt } from '../../training/learning-rate'
import { withSparsityTarget } from '../../techniques/prune/staged-recipe'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import { BatchFeed } from '../samples/batch-feed'
import { BestWeights, validationEvent } from './best-weights'
import type { Candidate } from './best-weights'
import { ForwardPasses } from './forward-passes'
import { readRun, restoreRun } from './run-checkpoint'
import { askFirst, goalOf, teacherTooLarge } from './run-goal'
import type { RunGoal } from './run-goal'
import { Rollbacks } from './rollbacks'
import { settleFault } from './settle-fault'
import { gpuBytes, isOutOfMemory, neededBytes } from './run-memory'
import type { Stepper, StepResult } from './stepper'
import { Throughput } from './throughput'
import { TrainableModel } from './network/trainable-model'
import { kernelsOf } from './training-task'
import type { TrainingTask } from './training-task'
import { TrainingParts } from './training-parts'

/** Curves get a point this often, milliseconds. */
const EVENT_INTERVAL_MS = 250

/** The weights that a run ends with. */
export interface RunEnd extends Candidate {
  readonly end: TrainEnd
}

/** One run of the training loop, from the first step to the weights that are kept. */
export class TrainingRun {
  private readonly task: TrainingTask
  private readonly emit: Emit<TrainEvent>
  private readonly signal: AbortSignal
  private readonly held: Recipe
  private readonly feed: BatchFeed
  private batchSize: number
  private halved = false
  /** Whole epochs done, and all steps. */
  private epoch = 0
  private step = 0
  private readonly rollbacks = new Rollbacks()
  private readonly kept = new BestWeights()

  constructor(task: TrainingTask, emit: Emit<TrainEvent>, signal: AbortSignal) {
    this.task = task
    this.emit = emit
    this.signal = signal
    this.held = withSparsityTarget(task.recipe, task.start)
    this.feed = new BatchFeed(task.train, task.settings)
    this.batchSize = Math.min(task.settings.batchSize, task.train.count)
  }

  /**
   * @throws StudioError 'train/...', 'engine/cancelled', or the fault of the device; nothing stays behind
   */
  async run(): Promise<RunEnd> {
    const { kernels, settings, start, state, tools } = this.task
    const fused = (kernels?.host ?? null) !== null
    const answers = await askFirst(this.task, (work) => this.alone(work), this.signal)
    const model = await this.alone(() => TrainableModel.build(state.opened, fused))
    const parts = new TrainingParts({
      model,
      weights: start,
      recipe: this.held,
      settings,
      stepsPerEpoch: this.stepsPerEpoch,
      kernels,
      hint: this.task.teacher?.hint ?? null,
      tools,
    })
    let goal: RunGoal | null = null
    try {
      goal = await this.alone(() => goalOf(this.task, model, answers))
      return await this.train(parts, goal)
    } finally {
      this.rollbacks.dispose()
      goal?.teacher?.dispose()
      parts.dispose()
    }
  }

  private async train(parts: TrainingParts, { objective, teacher }: RunGoal): Promise<RunEnd> {
    const { settings, train } = this.task
    const before = await this.begin(parts)
    const stepper = parts.stepper(objective, teacher)
    const isNew = this.task.resume === null
    const passes = new ForwardPasses(this.task, parts, stepper, this.signal)
    if (isNew && settings.batchNorm.reestimate) await passes.renewStatistics(this.feed)
    if (isNew) await passes.calibrate()
    parts.model.statisticsFrozen = settings.batchNorm.statistics === 'frozen'
    this.emit({
      type: 'started',
      epoch: this.epoch,
      epochs: settings.epochs,
      stepsPerEpoch: this.stepsPerEpoch,
      batchSize: this.batchSize,
      samples: train.count,
      kernels: kernelsOf(this.task),
    })
    if (isNew) await this.judge(parts, passes)
    else if (before !== null) await this.recall(before)
    const usual = await passes.usualLoss(this.feed, objective, teacher)
    const end = await this.epochs(parts, stepper, passes, new Divergence(usual))
    return { ...this.kept.chosen, end }
  }

  /** @returns the best epoch of before a break */
  private begin(parts: TrainingParts): Promise<KeptBest | null> {
    const { fingerprint, resume, start } = this.task
    return this.alone(async () => {
      parts.model.load(start)
      if (resume === null) {
        for (const hook of parts.hooks) await hook.prepare(this.signal)
        return null
      }
      const content = readCheckpoint(resume)
      const { state } = content
      if (state.fingerprint !== fingerprint)
        throw new StudioError('train/checkpoint', {
          reason: 'it belongs to another model, other data or other settings',
        })
      const weights = restoreRun(parts, content, start)
      this.epoch = state.epoch
      this.step = state.step
      this.batchSize = state.batchSize
      this.rollbacks.rateScale = state.rateScale
      this.rollbacks.count = state.rollbacks
      return weights === null || state.best === null ? null : { ...state.best, weights }
    })
  }

  private async recall({ epoch, weights, sinceBetter }: KeptBest): Promise<void> {
    const judged = await this.task.judge(weights, this.held, this.signal)
    this.kept.recall({ weights, recipe: this.held, judged, epoch }, sinceBetter)
  }

  private async epochs(
    parts: TrainingParts,
    stepper: Stepper,
    passes: ForwardPasses,
    divergence: Divergence,
  ): Promise<TrainEnd> {
    const { control, settings } = this.task
    while (this.epoch < settings.epochs) {
      const whole = await this.runEpoch(parts, stepper, divergence)
      if (whole) this.epoch++
      // What was learnt since the last checkpoint counts too.
      await this.judge(parts, passes)
      if (!whole) return 'stopped'
      await this.checkpoint(parts)
      if (settings.patience !== null && this.kept.sinceBetter >= settings.patience)
        return 'noBetter'
      if (control.stopping && this.epoch < settings.epochs) return 'stopped'
    }
    return 'finished'
  }

  /** @returns false where the run was stopped in the middle */
  private async runEpoch(
    parts: TrainingParts,
    stepper: Stepper,
    divergence: Divergence,
  ): Promise<boolean> {
    const { control, settings, tools } = this.task
    const throughput = new Throughput(() => tools.pace.now())
    const report = atMostEvery(EVENT_INTERVAL_MS, () => tools.pace.now(), this.emit)
    for (let index = 0; index < this.stepsPerEpoch; index++) {
      if (control.paused) {
        await this.pause()
        throughput.restart()
      }
      if (control.stopping) return false
      const done = this.epoch * this.stepsPerEpoch + index
      const total = this.stepsPerEpoch * settings.epochs
      const rate = this.rollbacks.rateScale * learningRateAt(done, total, settings)
      const result = await this.guardedStep(parts, stepper, index, rate, done / total)
      if (result === null) {
        // The batch was halved: the epoch goes on from the same samples.
        index = 2 * index - 1
        continue
      }
      this.step++
      throughput.add(this.batchSize)
      const last = index + 1 === this.stepsPerEpoch
      // The loss of a step is that of the weights before it, so the last step of an epoch is looked at too.
      const lost =
        divergence.sees(result.loss) || (last && (await this.alone(() => parts.isLost())))
      if (lost) await this.goBack(divergence, result.loss)
      else
        report({
          type: 'progress',
          epoch: this.epoch,
          step: this.step,
          progress: (done + 1) / total,
          loss: result.loss,
          accuracy: result.correct === null ? null : result.correct / this.batchSize,
          sparsity: parts.sparsity,
          learningRate: rate,
          samplesPerSecond: throughput.rate(),
          msLeft: throughput.msFor((total - done - 1) * this.batchSize),
          gpuBytes: gpuBytes(),
        })
      await tools.pace.breathe(this.signal, throughput.msFor(this.batchSize) ?? 0)
    }
    return true
  }

  private async pause(): Promise<void> {
    const { control } = this.task
    this.emit({ type: 'paused', epoch: this.epoch, step: this.step })
    await control.gate(this.signal)
    if (!control.stopping) this.emit({ type: 'resumed', epoch: this.epoch, step: this.step })
  }

  /** @returns null where the batch did not fit and was halved */
  private async guardedStep(
    parts: TrainingParts,
    stepper: Stepper,
    index: number,
    rate: number,
    progress: number,
  ): Promise<StepResult | null> {
    const { start, state, tools } = this.task
    const { signal } = this
    try {
      const batch = await this.feed.batch(this.epoch, index, this.batchSize, signal)
      try {
        return await this.alone(async () => {
          for (const hook of parts.hooks)
            await hook.beforeStep({ step: this.step, progress }, signal)
          this.rollbacks.keep(parts, this.step)
          // Layers with dropout count on from the seed, each with its own.
          const result = await stepper.step(batch, rate, 1000 * this.step)
          tools.backend().watch.check()
          return result
        })
      } finally {
        tf.dispose(batch.inputs)
      }
    } catch (error) {
      await settleFault(tools)
      // Weights that are no numbers any more: quantization is the first to notice.
      if (isStudioError(error) && error.code === 'quantize/non-finite')
        return { loss: NaN, correct: null }
      if (!isOutOfMemory(error)) throw error
      if (this.halved || this.batchSize < 2) {
        const { teacher } = this.task
        // It could be asked before the student is there.
        if (teacher?.settings.askFirst === false) throw teacherTooLarge(this.task, teacher, error)
        const bytes = neededBytes(state, start, this.batchSize)
        const facts = { batchSize: this.batchSize, bytes }
        throw new StudioError('train/out-of-memory', facts, { cause: error })
      }
      this.halved = true
      this.batchSize = Math.floor(this.batchSize / 2)
      this.emit({ type: 'batchHalved', batchSize: this.batchSize })
      return null
    }
  }

  private async goBack(divergence: Divergence, loss: number): Promise<void> {
    const { learningRate } = this.task.settings
    const rate = await this.alone(() =>
      Promise.resolve(this.rollbacks.goBack(learningRate, loss, this.step)),
    )
    divergence.reset()
    this.emit({
      type: 'rolledBack',
      epoch: this.epoch,
      step: this.step,
      loss: Number.isFinite(loss) ? loss : null,
      learningRate: rate,
    })
  }

  /** Measures what would be downloaded now, and keeps it where it is the best so far. */
  private async judge(parts: TrainingParts, passes: ForwardPasses): Promise<void> {
    const { judge, start } = this.task
    const weights = await this.alone(() => parts.model.read(start))
    const recipe = parts.committed(this.held)
    const judged = await judge(weights, recipe, this.signal)
    const candidate = { weights, recipe, judged, epoch: this.epoch }
    const best = this.kept.add(candidate, parts.complete)
    const simulated = await passes.simulate()
    const history = this.task.historyAt(this.epoch)
    this.emit(validationEvent(candidate, this.step, best, simulated, history))
  }

  private async checkpoint(parts: TrainingParts): Promise<void> {
    const { best, sinceBetter } = this.kept
    const { fingerprint, start } = this.task
    const arrays = await this.alone(() => readRun(parts, start, best?.weights ?? []))
    const file = writeCheckpoint({
      state: {
        fingerprint,
        epoch: this.epoch,
        step: this.step,
        optimizerSteps: parts.optimizer.steps,
        batchSize: this.batchSize,
        rateScale: this.rollbacks.rateScale,
        rollbacks: this.rollbacks.count,
        best: best === null ? null : { epoch: best.epoch, sinceBetter },
      },
      arrays,
    })
    this.emit({ type: 'checkpoint', epoch: this.epoch, step: this.step, file: new Blob(file) })
  }

  private get stepsPerEpoch(): number {
    return this.feed.steps(this.batchSize)
  }

  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.task.tools.exclusive.run(this.signal, work)
  }
}

/** What a checkpoint says of the best epoch before it. */
interface KeptBest extends Pick<Candidate, 'epoch' | 'weights'> {
  readonly sinceBetter: number
}
