import * as tf from '@tensorflow/tfjs'
import { isStudioError } from '../../../core/errors'
import { memoryFaultOf } from '../../../core/memory-fault'
import type { PreparedKernels } from '../../wasm-kernels/prepare-training-kernels'
import { taughtLoss } from '../distillation/distillation-loss'
import type { TaughtLoss } from '../distillation/distillation-loss'
import type { Taught } from '../distillation/teacher'
import type { HintHook } from '../hooks/hint-hook'
import { differentiate } from '../network/differentiate'
import type { Pass } from '../network/differentiate'
import { explainFailedStep } from '../network/find-gradient-gap'
import { lossOf } from '../network/objective'
import type { LossBy } from '../network/objective'
import type { Moved, TrainableModel } from '../network/trainable-model'
import { withinKernels } from './within-kernels'

export interface LearnerParts {
  readonly model: TrainableModel
  /** What gradients are wanted of, by name. */
  readonly variables: ReadonlyMap<string, tf.Variable>
  readonly lossBy: LossBy
  /** null: the labels alone. */
  readonly taught: TaughtLoss | null
  /** null: outputs alone. */
  readonly hint: HintHook | null
  readonly kernels: PreparedKernels | null
}

/** A piece of a batch on the backend; whoever asks disposes all of it. */
export interface Piece {
  readonly inputs: readonly tf.Tensor[]
  readonly targets: tf.Tensor
  /** null: there is no teacher. */
  readonly taught: Taught | null
  /** Mean square of a teacher's features over the batch, where the piece is not all of it. */
  readonly power: tf.Scalar | null
  /** Of dropout. */
  readonly seed: number
  /** Numbers of its samples, where it is not the whole batch: their noise does not depend on the piece. */
  readonly samples: Uint32Array | null
  /** Of the batch; its loss and its gradients are multiplied by it. */
  readonly share: number
}

/** What a piece says; whoever asked disposes all of it. */
export interface Learnt {
  /** Mean over the piece, by its share. */
  readonly loss: tf.Scalar
  readonly outputs: tf.Tensor
  /** By name; what the loss does not depend on is missing. */
  readonly gradients: Map<string, tf.Tensor>
  /** In the order of the pass. */
  readonly moved: readonly Moved[]
}

/** Forward and back for one piece of a batch after the other. Nothing of the model moves by it. */
export class PieceLearner {
  private readonly parts: LearnerParts
  private readonly names: ReadonlyMap<string, string>
  /** What the student's layer of the hint says in the last pass. */
  private readonly features: () => tf.Tensor | null

  constructor(parts: LearnerParts) {
    this.parts = parts
    const { hint, model, variables } = parts
    this.features = hint === null ? () => null : model.tap(hint.place.studentLayer)
    this.names = new Map([...variables].map(([name, variable]) => [variable.name, name]))
  }

  /** @throws StudioError 'train/no-gradient'; what says that memory runs out; nothing stays behind */
  learn(piece: Piece): Learnt {
    const { model, variables } = this.parts
    const moved: Moved[] = []
    const wanted = [...variables.values()]
    const { share } = piece
    const forward = (): Pass => {
      const pass = this.forward(piece)
      // Here, and not of every gradient. One piece is the whole: no factor rounds it.
      return share === 1 ? pass : { ...pass, loss: pass.loss.mul<tf.Scalar>(share) }
    }
    model.count(({ name, mean, variance }) => {
      moved.push({ name, mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) })
    })
    try {
      return this.within(() => {
        const { gradients, loss, outputs } = differentiate(forward, wanted)
        const named = [...gradients].map(([own, one]) => [this.names.get(own) ?? own, one] as const)
        return { loss, outputs, gradients: new Map(named), moved }
      })
    } catch (error) {
      disposeMoved(moved)
      model.count(() => undefined)
      if (memoryFaultOf(error) !== null || error instanceof RangeError || isStudioError(error))
        throw error
      throw explainFailedStep(model, error, () => {
        this.within(() => differentiate(forward, wanted))
      })
    } finally {
      model.count(null)
    }
  }

  /** Runs work with the training kernels in place, and takes them out again. */
  within<Result>(work: () => Result): Result {
    return withinKernels(this.parts.kernels, work)
  }

  private forward({ inputs, power, samples, seed, targets, taught }: Piece): Pass {
    const { hint, lossBy, model, taught: counts } = this.parts
    const [outputs] = model.forward(inputs, true, seed, samples ?? undefined)
    if (outputs === undefined) throw new RangeError('a model without an output')
    const hard = (): tf.Scalar => lossOf(lossBy, outputs, targets)
    if (counts === null || taught === null) return { loss: hard(), outputs }
    const loss = taughtLoss(counts, outputs, taught.logits, hard)
    const features = this.features()
    if (hint === null || features === null || taught.features === null) return { loss, outputs }
    try {
      return { loss: loss.add(hint.loss(features, taught.features, power)).asScalar(), outputs }
    } finally {
      features.dispose()
    }
  }
}

export function disposeLearnt({ gradients, loss, moved, outputs }: Learnt): void {
  tf.dispose([loss, outputs, ...gradients.values()])
  disposeMoved(moved)
}

export function disposeMoved(moved: readonly Moved[]): void {
  for (const { mean, variance } of moved) tf.dispose([mean, variance])
}
