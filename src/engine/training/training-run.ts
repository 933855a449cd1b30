import { StudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import type { WeightTensor } from '../../core/weight-tensor'
import type { TrainEnd, TrainEvent } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import { readCheckpoint, writeCheckpoint } from '../../training/checkpoint-file'
import { Divergence } from '../../training/divergence'
import { pieceAsked, piecesOf, pieceSize } from '../../training/pieces'
import { bytesOf, workersWithin } from '../../training/run-need'
import type { Passage } from '../../training/training-record'
import { withSparsityTarget } from '../../techniques/prune/staged-recipe'
import type { Emit } from '../work/stream'
import { BatchFeed } from '../samples/batch-feed'
import { areSameBits, BestWeights, validationEvent } from './best-weights'
import type { Candidate } from './best-weights'
import { EpochLoop } from './epoch-loop'
import { ForwardPasses } from './forward-passes'
import { readRun, restoreRun } from './run-checkpoint'
import { askFirst, goalOf } from './run-goal'
import type { RunGoal } from './run-goal'
import { comparedModel, learningModel } from './compared-model'
import { firstPiece } from './first-piece'
import { bareWeights } from './pieces/learner-setup'
import type { LearnerSetup } from './pieces/learner-setup'
import { PieceCrew } from './pieces/piece-crew'
import { roomOf } from './run-memory'
import type { RunPlace } from './run-place'
import type { Stepper } from './stepper'
import { Rollbacks } from './rollbacks'
import { kernelsOf } from './training-task'
import type { TrainingTask } from './training-task'
import { TrainingParts } from './training-parts'

/** The weights that a run ends with. */
export interface RunEnd extends Candidate {
  readonly end: TrainEnd
  readonly passage: Passage
}

/** One run of the training loop, from the first step to the weights that are kept. */
export class TrainingRun {
  private readonly task: TrainingTask
  private readonly emit: Emit<TrainEvent>
  private readonly signal: AbortSignal
  private readonly held: Recipe
  private readonly feed: BatchFeed
  private readonly place: RunPlace
  private readonly rollbacks = new Rollbacks()
  private readonly kept = new BestWeights()

  constructor(task: TrainingTask, emit: Emit<TrainEvent>, signal: AbortSignal) {
    this.task = task
    this.emit = emit
    this.signal = signal
    this.held = withSparsityTarget(task.recipe, task.start)
    this.feed = new BatchFeed(task.train, task.settings)
    const batchSize = Math.min(task.settings.batchSize, task.train.count)
    this.place = { epoch: 0, step: 0, batchSize, piece: batchSize }
  }

  /**
   * @throws StudioError 'train/...', 'engine/cancelled', or the fault of the device; nothing stays behind
   */
  async run(): Promise<RunEnd> {
    const { kernels, settings, start, tools } = this.task
    this.place.piece = firstPiece(this.task, this.place.batchSize)
    const alone = <Result>(work: () => Promise<Result>): Promise<Result> => this.alone(work)
    const explained = (error: unknown): never => {
      throw this.explained(error)
    }
    const answers = await askFirst(this.task, alone, this.signal).catch(explained)
    const compared = await comparedModel(this.task, this.feed, alone, this.signal).catch(explained)
    const { model } = compared
    const { graph, learning, weights } = learningModel(this.task)
    const parts = new TrainingParts({
      model,
      built: { graph, learning, weights: bareWeights(weights) },
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
      if (model.trained.size === 0) throw new StudioError('train/no-layers', {})
      goal = await this.alone(() => goalOf(this.task, model, answers, this.signal))
      return await this.train(parts, goal, compared.offStock)
    } catch (error) {
      throw this.explained(error)
    } finally {
      this.rollbacks.dispose()
      goal?.teacher?.dispose()
      parts.dispose()
    }
  }

  /** Where memory was overrun nothing can be computed in this worker any more. */
  private explained(error: unknown): unknown {
    if (memoryFaultOf(error) !== 'overrun') return error
    const { batchSize, piece: largest } = this.place
    const piece = pieceSize(batchSize, largest)
    const facts = { piece, bytes: bytesOf(this.task.need, piece, batchSize) }
    return new StudioError('train/worker-out-of-memory', facts, { cause: error })
  }

  private async train(
    parts: TrainingParts,
    { objective, teacher }: RunGoal,
    offStock: number | null,
  ): Promise<RunEnd> {
    this.cut(parts)
    const before = await this.begin(parts)
    const stepper = parts.stepper(objective, teacher, (setup) => this.crew(setup))
    try {
      return await this.trainBy(stepper, parts, { objective, teacher }, offStock, before)
    } finally {
      stepper.dispose()
    }
  }

  private async trainBy(
    stepper: Stepper,
    parts: TrainingParts,
    { objective, teacher }: RunGoal,
    offStock: number | null,
    before: KeptBest | null,
  ): Promise<RunEnd> {
    const { settings, train } = this.task
    const isNew = this.task.resume === null
    const passes = new ForwardPasses(this.task, parts, stepper, this.signal)
    if (isNew && settings.batchNorm.reestimate) await passes.renewStatistics(this.feed)
    if (isNew) await passes.calibrate()
    const statistics = parts.follow(this.place)
    this.emit({
      type: 'started',
      epoch: this.place.epoch,
      epochs: settings.epochs,
      stepsPerEpoch: this.stepsPerEpoch,
      batchSize: this.place.batchSize,
      piece: pieceSize(this.place.batchSize, this.place.piece),
      statistics,
      samples: train.count,
      kernels: kernelsOf(this.task),
      offStock: { model: offStock, teacher: teacher?.offStock ?? null },
    })
    if (isNew) await this.judge(parts, passes)
    else if (before !== null) await this.recall(before)
    const usual = await passes.usualLoss(this.feed, objective, teacher)
    const { emit, feed, place, rollbacks, signal, task } = this
    const divergence = new Divergence(usual)
    const loop = new EpochLoop({
      task,
      place,
      feed,
      parts,
      stepper,
      rollbacks,
      divergence,
      emit,
      signal,
    })
    const end = await this.epochs(loop, parts, passes)
    return { ...this.kept.chosen, end, passage: this.passageOf(parts) }
  }

  /** As many pieces as the run asks for, or more where memory does. */
  private cut(parts: TrainingParts): void {
    const { batchSize } = this.place
    const asked = pieceAsked(batchSize, this.task.settings.pieces, parts.trainsStatistics)
    this.place.piece = Math.min(this.place.piece, asked)
  }

  /** Further workers, as far as there are pieces and memory for them. */
  private async crew(setup: LearnerSetup): Promise<PieceCrew> {
    const { largestPiece, need, tools } = this.task
    const { cores } = tools
    const { batchSize, piece } = this.place
    const pieces = piecesOf(batchSize, piece).length
    // Where memory ran out before, nobody else takes of it.
    const most = largestPiece === null ? Math.min(cores.count, pieces) : 1
    const workers = workersWithin(need, pieceSize(batchSize, piece), batchSize, most, roomOf(tools))
    const helpers = await cores.crew(workers - 1)
    return PieceCrew.of(helpers, setup, cores.isShared, this.signal)
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
      this.place.epoch = state.epoch
      this.place.step = state.step
      const { largestPiece } = this.task
      const piece = state.piece ?? this.place.piece
      this.place.piece = Math.min(piece, largestPiece ?? piece)
      this.rollbacks.rateScale = state.rateScale
      this.rollbacks.count = state.rollbacks
      return weights === null || state.best === null ? null : { ...state.best, weights }
    })
  }

  private async recall({ epoch, weights, sinceBetter }: KeptBest): Promise<void> {
    const judged = await this.task.judge(weights, this.held, this.signal)
    const isStart = this.isStart(epoch, weights, this.held)
    this.kept.recall({ weights, recipe: this.held, judged, epoch, isStart }, sinceBetter)
  }

  private async epochs(
    loop: EpochLoop,
    parts: TrainingParts,
    passes: ForwardPasses,
  ): Promise<TrainEnd> {
    const { control, settings } = this.task
    const { place } = this
    while (place.epoch < settings.epochs) {
      const whole = await loop.runEpoch()
      if (whole) place.epoch++
      // Running averages are of weights that have moved since, and of samples as they were augmented.
      if (settings.batchNorm.reestimate && settings.batchNorm.statistics === 'trained')
        await passes.renewStatistics(this.feed)
      // What was learnt since the last checkpoint counts too.
      await this.judge(parts, passes)
      if (!whole) return 'stopped'
      await this.checkpoint(parts)
      if (settings.patience !== null && this.kept.sinceBetter >= settings.patience)
        return 'noBetter'
      if (control.stopping && place.epoch < settings.epochs) return 'stopped'
    }
    return 'finished'
  }

  /** Measures what would be downloaded now, and keeps it where it is the best so far. */
  private async judge(parts: TrainingParts, passes: ForwardPasses): Promise<void> {
    const { judge, start } = this.task
    const weights = await this.alone(() => parts.model.read(start))
    const recipe = parts.committed(this.held)
    const judged = await judge(weights, recipe, this.signal)
    const { epoch } = this.place
    const isStart = this.isStart(epoch, weights, recipe)
    const candidate = { weights, recipe, judged, epoch, isStart }
    const best = this.kept.add(candidate, parts.complete)
    const simulated = await passes.simulate()
    const history = this.task.historyAt(epoch, this.passageOf(parts))
    this.emit(
      await validationEvent(candidate, this.task.recipe, this.place.step, best, simulated, history),
    )
  }

  /** Masks and ranges may change weights before the first step, and so do new statistics. */
  private isStart(epoch: number, weights: readonly WeightTensor[], recipe: Recipe): boolean {
    const isAsHeld = JSON.stringify(recipe) === JSON.stringify(this.held)
    return epoch === 0 && isAsHeld && areSameBits(weights, this.task.start)
  }

  private async checkpoint(parts: TrainingParts): Promise<void> {
    const { best, sinceBetter } = this.kept
    const { fingerprint, start } = this.task
    const { batchSize, epoch, piece, step } = this.place
    const arrays = await this.alone(() => readRun(parts, start, best?.weights ?? []))
    const file = writeCheckpoint({
      state: {
        fingerprint,
        epoch,
        step,
        optimizerSteps: parts.optimizer.steps,
        batchSize,
        piece,
        rateScale: this.rollbacks.rateScale,
        rollbacks: this.rollbacks.count,
        best: best === null ? null : { epoch: best.epoch, sinceBetter },
      },
      arrays,
    })
    this.emit({ type: 'checkpoint', epoch, step, file: new Blob(file) })
  }

  private passageOf(parts: TrainingParts): Passage {
    const { batchSize, piece } = this.place
    return { piece: pieceSize(batchSize, piece), statistics: parts.follow(this.place) }
  }

  private get stepsPerEpoch(): number {
    return this.feed.steps(this.place.batchSize)
  }

  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.task.tools.exclusive.run(this.signal, work)
  }
}

/** What a checkpoint says of the best epoch before it. */
interface KeptBest extends Pick<Candidate, 'epoch' | 'weights'> {
  readonly sinceBetter: number
}
