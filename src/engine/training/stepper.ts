import * as tf from '@tensorflow/tfjs'
import type { TrainingSettings } from '../../training/training-settings'
import type { Piece } from '../../training/pieces'
import type { DrawnBatch } from '../samples/batch-feed'
import { disposeTaught } from './distillation/teacher'
import type { TrainingOptimizer } from './optimizer'
import { disposeLearnt, PieceLearner } from './pieces/piece-learner'
import type { Learnt } from './pieces/piece-learner'
import { StepInPieces } from './pieces/step-in-pieces'
import type { PiecesParts } from './pieces/step-in-pieces'
import type { StepResult, StepWays, UnreadStep } from './pieces/step-ways'
import { transformsOf } from './pieces/used-weights'
import { withinKernels } from './pieces/within-kernels'

export interface StepperParts extends PiecesParts {
  readonly optimizer: TrainingOptimizer
  /** Names that weight decay applies to. */
  readonly decayed: ReadonlySet<string>
  readonly clipNorm: TrainingSettings['clipNorm']
}

/** One step of training: forward, backward, update, with every hook in its place. */
export class Stepper {
  private readonly parts: StepperParts
  private readonly variables: ReadonlyMap<string, tf.Variable>
  /** Of batches that go through the network as a whole, with every hook on the tape. */
  private readonly whole: PieceLearner
  private readonly pieces: StepInPieces

  constructor(parts: StepperParts) {
    this.parts = parts
    const { hint, hooks, kernels, model, objective, teacher } = parts
    this.variables = new Map([...model.trained, ...hooks.flatMap((hook) => [...hook.variables])])
    const taught = teacher?.counts ?? null
    const { variables } = this
    const { lossBy } = objective
    this.whole = new PieceLearner({ model, variables, lossBy, taught, hint, kernels })
    this.pieces = new StepInPieces(parts)
    const transforms = transformsOf(model, hooks)
    for (const name of model.all.keys()) model.transform(name, transforms.get(name) ?? null)
  }

  /** Workers that learn a batch in pieces; 1 before the first. */
  get workers(): number {
    return this.pieces.workers
  }

  /**
   * One update by a batch that goes through the network in pieces, in their order.
   * @throws StudioError 'train/no-gradient'; what says that memory runs out
   */
  async step(
    batch: DrawnBatch,
    pieces: readonly Piece[],
    ways: StepWays,
  ): Promise<StepResult | UnreadStep> {
    if (pieces.length === 1) return this.stepAsWhole(batch, ways)
    return this.pieces.learn(batch, pieces, ways, (gradients) => {
      this.update(gradients, ways.learningRate)
    })
  }

  /** Runs work with the training kernels in place, and takes them out again. */
  within<Result>(work: () => Result): Result {
    return withinKernels(this.parts.kernels, work)
  }

  /** Ends what learns pieces. */
  dispose(): void {
    this.pieces.dispose()
  }

  private async stepAsWhole(batch: DrawnBatch, ways: StepWays): Promise<StepResult | UnreadStep> {
    const { model, objective, teacher } = this.parts
    const { length } = batch.samples
    await ways.before(length)
    return ways.alone(async () => {
      const { expected, inputs, samples } = batch.piece(0, length)
      const targets = objective.targetsOf(samples, expected)
      let taught = null
      try {
        taught =
          teacher === null
            ? null
            : await teacher.teach({ inputs, samples }, (work) => this.within(work))
        const learnt = this.whole.learn({
          inputs,
          targets,
          taught,
          power: null,
          seed: ways.seed,
          samples: null,
          share: 1,
        })
        // The update takes them over.
        const gradients = new Map(learnt.gradients)
        learnt.gradients.clear()
        try {
          for (const one of learnt.moved) model.move(one)
          const said = ways.isRead ? await this.read(learnt, samples) : null
          this.within(() => {
            this.update(gradients, ways.learningRate)
          })
          return said ?? { unread: learnt.loss.clone() }
        } finally {
          disposeLearnt(learnt)
        }
      } finally {
        tf.dispose([inputs, targets])
        disposeTaught(taught)
      }
    })
  }

  private async read({ loss, outputs }: Learnt, samples: Uint32Array): Promise<StepResult> {
    const { correct } = this.parts.objective
    const [value, values] = await Promise.all([
      loss.data<'float32'>(),
      correct === null ? null : outputs.data<'float32'>(),
    ])
    return {
      loss: value[0] ?? NaN,
      correct: values === null ? null : (correct?.(values, samples) ?? null),
    }
  }

  /** @param gradients taken over */
  private update(gradients: Map<string, tf.Tensor>, learningRate: number): void {
    const { optimizer, hooks, decayed } = this.parts
    try {
      for (const hook of hooks) hook.gradients(gradients)
      this.clip(gradients)
      optimizer.update(this.variables, gradients, learningRate, decayed)
      for (const hook of hooks) hook.afterUpdate()
    } finally {
      tf.dispose([...gradients.values()])
    }
  }

  /** Scales all gradients together where their norm is above the limit (Pascanu et al. 2013). */
  private clip(gradients: Map<string, tf.Tensor>): void {
    const { clipNorm } = this.parts
    if (clipNorm === null) return
    const factor = tf.tidy(() => {
      const squares = [...gradients.values()].map((gradient) => gradient.square().sum())
      return tf.minimum(tf.div(clipNorm, tf.addN(squares).sqrt().add(1e-12)), 1)
    })
    for (const [name, gradient] of gradients) {
      gradients.set(name, tf.mul(gradient, factor))
      gradient.dispose()
    }
    factor.dispose()
  }
}
