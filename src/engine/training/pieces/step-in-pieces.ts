import * as tf from '@tensorflow/tfjs'
import type { Piece } from '../../../training/pieces'
import type { DrawnBatch } from '../../samples/batch-feed'
import type { PreparedKernels } from '../../wasm-kernels/prepare-training-kernels'
import type { TrainingHook } from '../../../techniques/training-hook.engine'
import { disposeTaught } from '../distillation/teacher'
import type { Taught, Teacher } from '../distillation/teacher'
import type { HintHook } from '../hooks/hint-hook'
import type { Objective } from '../network/objective'
import type { Moved, TrainableModel } from '../network/trainable-model'
import { GradientSum } from './gradient-sum'
import { SetUpLearner } from './learner-setup'
import type { LearnerSetup } from './learner-setup'
import type { CrewAnswer, Handed, PieceCrew } from './piece-crew'
import { disposeLearnt, disposeMoved } from './piece-learner'
import { movedPiece } from './moved-piece'
import type { StepResult, StepWays } from './step-ways'
import { UsedWeights } from './used-weights'
import { withinKernels } from './within-kernels'

export interface PiecesParts {
  readonly model: TrainableModel
  readonly objective: Objective
  readonly teacher: Teacher | null
  readonly hint: HintHook | null
  readonly hooks: readonly TrainingHook[]
  readonly kernels: PreparedKernels | null
  /** What whoever learns pieces has to know; asked before the first of them. */
  readonly setup: () => LearnerSetup
  /** Those who learn beside the engine's own worker. */
  readonly crew: (setup: LearnerSetup) => Promise<PieceCrew>
}

/** What a piece changes, in the order of its batch. */
interface Outcome {
  readonly loss: number
  readonly correct: number
  /** Multiplied by the piece's share of the batch. */
  readonly gradients: Map<string, tf.Tensor>
  readonly moved: readonly Moved[]
}

/** What a teacher has said to all pieces of a batch, and the mean square of its features over the batch. */
interface Asked {
  readonly taught: readonly (Taught | null)[]
  readonly power: tf.Scalar | null
}

/** A batch learnt piece by piece, by whoever is there. */
export class StepInPieces {
  private readonly parts: PiecesParts
  private readonly used: UsedWeights
  private own: { readonly learner: SetUpLearner; readonly crew: PieceCrew } | null = null

  constructor(parts: PiecesParts) {
    this.parts = parts
    this.used = new UsedWeights(parts.model, parts.hooks, parts.hint)
  }

  /** Workers that learn the pieces of a batch; 1 before the first. */
  get workers(): number {
    return 1 + (this.own?.crew.size ?? 0)
  }

  /**
   * The gradient of the mean loss of a batch: of its pieces, by their share, summed in their order. It does not depend
   * on who learns which.
   * @param take is given the gradients, with the kernels in place and under the lock
   * @throws StudioError 'train/no-gradient'; what says that memory runs out
   */
  async learn(
    batch: DrawnBatch,
    pieces: readonly Piece[],
    ways: StepWays,
    take: (gradients: Map<string, tf.Tensor>) => void,
  ): Promise<StepResult> {
    const { learner, crew } = await this.ready(ways)
    const asked = await this.asked(batch, pieces, ways)
    const sum = new GradientSum()
    const moved: Moved[] = []
    const outcomes: (Outcome | undefined)[] = []
    let [next, loss, correct] = [0, 0, 0]
    const drain = (): void => {
      for (let found = outcomes[next]; found !== undefined; found = outcomes[next]) {
        const done = found
        outcomes[next++] = undefined
        loss += done.loss
        correct += done.correct
        moved.push(...done.moved)
        this.within(() => {
          sum.add(done.gradients)
        })
      }
    }
    const workers = Math.min(1 + crew.size, pieces.length)
    const workerOf = (index: number): number => index % workers
    let handed: Handed | null = null
    try {
      const out = await ways.alone(() =>
        Promise.resolve(this.hand(batch, pieces, asked, ways, workerOf)),
      )
      handed = out
      const learnOwn = async (index: number): Promise<void> => {
        const piece = pieces[index]
        if (piece === undefined) return
        await ways.before(piece.to - piece.from)
        await ways.alone(async () => {
          outcomes[index] = await this.learnt(learner, batch, piece, index, asked, ways)
          drain()
        })
      }
      const takeIn = async (index: number): Promise<void> => {
        const piece = pieces[index]
        const answer = await out.answer(index)
        // Somebody who died costs time, and nothing else.
        if (answer === null || piece === undefined) await learnOwn(index)
        else
          await ways.alone(() => {
            outcomes[index] = this.outcomeOf(answer, batch, piece, learner)
            drain()
            return Promise.resolve()
          })
      }
      const others = [...pieces.keys()].filter((index) => workerOf(index) !== 0)
      for (const index of pieces.keys()) {
        if (workerOf(index) !== 0) continue
        await learnOwn(index)
        // Gradients wait for those of the pieces before them: the fewer, the less memory they take.
        while (others[0] !== undefined && others[0] < index && out.isAnswered(others[0]))
          await takeIn(others.shift() ?? 0)
      }
      for (const index of others) await takeIn(index)
      await ways.alone(() => {
        for (const one of moved) this.parts.model.move(one)
        this.within(() => {
          take(this.used.behind(sum.take()))
        })
        return Promise.resolve()
      })
    } finally {
      await handed?.settled()
      sum.dispose()
      disposeMoved(moved)
      for (const one of outcomes) if (one !== undefined) disposeOutcome(one)
      disposeAsked(asked)
    }
    return { loss, correct: this.parts.objective.correct === null ? null : correct }
  }

  dispose(): void {
    this.own?.crew.dispose()
    this.own?.learner.dispose()
    this.own = null
  }

  private async ready({ alone }: StepWays): Promise<NonNullable<StepInPieces['own']>> {
    if (this.own !== null) return this.own
    const setup = this.parts.setup()
    const crew = await this.parts.crew(setup)
    try {
      const learner = await alone(() =>
        Promise.resolve(new SetUpLearner(setup, this.parts.kernels)),
      )
      this.used.forget()
      this.own = { learner, crew }
      return this.own
    } catch (error) {
      crew.dispose()
      throw error
    }
  }

  /** Gives everybody the weights as they are now, and the others their pieces. */
  private hand(
    batch: DrawnBatch,
    pieces: readonly Piece[],
    asked: Asked,
    ways: StepWays,
    workerOf: (index: number) => number,
  ): Handed {
    const { model, objective } = this.parts
    const { own } = this
    if (own === null) throw new RangeError('a step that nobody is ready for')
    const { crew, learner } = own
    const changed = this.within(() => this.used.changed())
    try {
      learner.take(changed, model.statisticsFrozen)
      const moved = pieces.map((piece, index) =>
        workerOf(index) === 0
          ? null
          : movedPiece(batch, piece, objective, {
              taught: asked.taught[index] ?? null,
              power: asked.power,
              seed: ways.seed,
            }),
      )
      const size = [...learner.variables.values()].reduce((all, one) => all + one.size, 0)
      return crew.hand(moved, workerOf, changed, model.statisticsFrozen, size, ways.limitMs)
    } catch (error) {
      // Nobody knows who has got them.
      this.used.forget()
      throw error
    } finally {
      tf.dispose([...changed.values()])
    }
  }

  private async learnt(
    learner: SetUpLearner,
    batch: DrawnBatch,
    { from, to }: Piece,
    index: number,
    asked: Asked,
    ways: StepWays,
  ): Promise<Outcome> {
    const { objective } = this.parts
    const { expected, inputs, samples } = batch.piece(from, to)
    const targets = objective.targetsOf(samples, expected)
    try {
      const learnt = learner.learn({
        ...{ inputs, targets, samples, power: asked.power, seed: ways.seed },
        taught: asked.taught[index] ?? null,
        share: (to - from) / batch.samples.length,
      })
      // The sum takes them over.
      const gradients = new Map(learnt.gradients)
      learnt.gradients.clear()
      try {
        const [values, outputs] = await Promise.all([
          learnt.loss.data<'float32'>(),
          objective.correct === null ? null : learnt.outputs.data<'float32'>(),
        ])
        const moved = learnt.moved.map(({ name, mean, variance }) => ({
          ...{ name, mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) },
        }))
        return {
          loss: values[0] ?? NaN,
          correct: outputs === null ? 0 : (objective.correct?.(outputs, samples) ?? 0),
          ...{ gradients, moved },
        }
      } catch (error) {
        tf.dispose([...gradients.values()])
        throw error
      } finally {
        disposeLearnt(learnt)
      }
    } finally {
      tf.dispose([inputs, targets])
    }
  }

  private outcomeOf(
    { given, gradients, loss, moved, outputs }: CrewAnswer,
    { samples }: DrawnBatch,
    { from, to }: Piece,
    { variables }: SetUpLearner,
  ): Outcome {
    const { objective } = this.parts
    const found = new Map<string, tf.Tensor>()
    let at = 0
    for (const [place, [name, variable]] of [...variables].entries()) {
      const part = gradients.subarray(at, at + variable.size)
      at += variable.size
      if (given[place] === true) found.set(name, tf.tensor(part, variable.shape))
    }
    const own = samples.subarray(from, to)
    return {
      loss,
      correct: outputs === null ? 0 : (objective.correct?.(outputs, own) ?? 0),
      gradients: found,
      moved: moved.map(({ name, mean, variance }) => ({
        ...{ name, mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) },
      })),
    }
  }

  /** A teacher is asked by the engine's own worker: what it has said once is remembered in one place. */
  private async asked(batch: DrawnBatch, pieces: readonly Piece[], ways: StepWays): Promise<Asked> {
    const { hint, model, teacher } = this.parts
    const taught: Taught[] = []
    if (teacher === null) return { taught, power: null }
    try {
      for (const { from, to } of pieces) {
        await ways.before(to - from)
        await ways.alone(async () => {
          const piece = batch.piece(from, to)
          try {
            taught.push(await teacher.teach(piece, (work) => this.within(work)))
          } finally {
            tf.dispose(piece.inputs)
          }
        })
      }
      if (hint === null) return { taught, power: null }
      const parts = taught.flatMap(({ features, logits }) =>
        features === null ? [] : [{ features, share: logits.shape[0] / batch.samples.length }],
      )
      const sides = model.sidesOf(hint.place.studentLayer)
      // A hint is measured by its batch.
      const power = await ways.alone(() => Promise.resolve(hint.powerOf(parts, sides)))
      return { taught, power }
    } catch (error) {
      for (const one of taught) disposeTaught(one)
      throw error
    }
  }

  private within<Result>(work: () => Result): Result {
    return withinKernels(this.parts.kernels, work)
  }
}

function disposeAsked({ power, taught }: Asked): void {
  for (const one of taught) disposeTaught(one)
  power?.dispose()
}

function disposeOutcome({ gradients, moved }: Outcome): void {
  tf.dispose([...gradients.values()])
  disposeMoved(moved)
}
