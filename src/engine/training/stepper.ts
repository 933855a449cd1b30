import * as tf from '@tensorflow/tfjs'
import type { TrainingSettings } from '../../training/training-settings'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { isStudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import type { Piece } from '../../training/pieces'
import type { Batch, DrawnBatch } from '../samples/batch-feed'
import { GradientSum } from './gradient-sum'
import { differentiate } from './network/differentiate'
import type { Differentiated, Pass } from './network/differentiate'
import { explainFailedStep } from './network/find-gradient-gap'
import type { Objective } from './network/objective'
import type { TrainingOptimizer } from './optimizer'
import type { HintHook } from './hooks/hint-hook'
import { disposeTaught } from './distillation/teacher'
import type { Taught, Teacher } from './distillation/teacher'
import type { TrainableModel } from './network/trainable-model'
import type { TrainingHook } from '../../techniques/training-hook.engine'
import { withinKernels } from './within-kernels'

export interface StepResult {
  readonly loss: number
  /** Right answers of the batch, before the update; null where there is no single right answer. */
  readonly correct: number | null
}

/** How a step goes about its pieces. */
export interface StepWays {
  readonly learningRate: number
  /** Of dropout. */
  readonly seed: number
  /** Before each piece, of so many samples: lets messages in, and throws where the run is cancelled. */
  readonly before: (samples: number) => Promise<void>
  /** Runs work under the lock. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** Between the seeds of dropout of two pieces: more than a run has steps, layers or both. */
const SEED_STRIDE = 2 ** 40

/** What a teacher has said to all pieces of a batch. */
interface Asked {
  readonly taught: readonly Taught[]
  /** Mean square of its features over the batch. */
  readonly power: tf.Scalar
}

function disposeAsked(asked: Asked | null): void {
  for (const one of asked?.taught ?? []) disposeTaught(one)
  asked?.power.dispose()
}

export interface StepperParts {
  readonly model: TrainableModel
  readonly objective: Objective
  /** null: the labels alone. */
  readonly teacher: Teacher | null
  /** null: outputs alone. */
  readonly hint: HintHook | null
  readonly optimizer: TrainingOptimizer
  readonly hooks: readonly TrainingHook[]
  readonly kernels: PreparedKernels | null
  /** Names that weight decay applies to. */
  readonly decayed: ReadonlySet<string>
  readonly clipNorm: TrainingSettings['clipNorm']
}

/** One step of training: forward, backward, update, with every hook in its place. */
export class Stepper {
  private readonly parts: StepperParts
  private readonly names: ReadonlyMap<string, string>
  private readonly variables: ReadonlyMap<string, tf.Variable>
  /** What the student's layer of the hint says in the last pass. */
  private readonly features: () => tf.Tensor | null

  constructor(parts: StepperParts) {
    this.parts = parts
    const { hint, model } = parts
    this.features = hint === null ? () => null : model.tap(hint.place.studentLayer)
    this.variables = new Map([
      ...parts.model.trained,
      ...parts.hooks.flatMap((hook) => [...hook.variables]),
    ])
    this.names = new Map([...this.variables].map(([name, variable]) => [variable.name, name]))
    this.connect()
  }

  /**
   * One update by a batch that goes through the network in pieces, in their order.
   * @throws StudioError 'train/no-gradient'; what says that memory runs out
   */
  async step(batch: DrawnBatch, pieces: readonly Piece[], ways: StepWays): Promise<StepResult> {
    const sum = new GradientSum()
    const whole = batch.samples.length
    let [loss, correct] = [0, 0]
    const asked = await this.askedFirst(batch, pieces, ways)
    try {
      for (const [index, { from, to }] of pieces.entries()) {
        const share = (to - from) / whole
        await ways.before(to - from)
        const result = await ways.alone(async () => {
          const piece = batch.piece(from, to)
          try {
            const seed = ways.seed + index * SEED_STRIDE
            return await this.pass(piece, asked, index, seed, (gradients) => {
              sum.add(gradients, share)
            })
          } finally {
            tf.dispose(piece.inputs)
          }
        })
        // One piece is the whole: no factor rounds it.
        loss += share === 1 ? result.loss : result.loss * share
        correct += result.correct ?? 0
      }
      await ways.alone(() => {
        this.within(() => {
          this.update(sum.take(), ways.learningRate)
        })
        return Promise.resolve()
      })
    } finally {
      sum.dispose()
      disposeAsked(asked)
    }
    return { loss, correct: this.parts.objective.correct === null ? null : correct }
  }

  /** A hint is measured by its batch, so all pieces of that are asked before the first is learnt. */
  private async askedFirst(
    batch: DrawnBatch,
    pieces: readonly Piece[],
    ways: StepWays,
  ): Promise<Asked | null> {
    const { hint, model, teacher } = this.parts
    if (teacher === null || hint === null || pieces.length === 1) return null
    const taught: Taught[] = []
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
      const parts = taught.flatMap(({ features, logits }) =>
        features === null ? [] : [{ features, share: logits.shape[0] / batch.samples.length }],
      )
      const sides = model.sidesOf(hint.place.studentLayer)
      const power = await ways.alone(() => Promise.resolve(hint.powerOf(parts, sides)))
      return { taught, power }
    } catch (error) {
      for (const one of taught) disposeTaught(one)
      throw error
    }
  }

  /** Forward and back; `take` is given the gradients. */
  private async pass(
    batch: Batch,
    asked: Asked | null,
    index: number,
    seed: number,
    take: (gradients: ReadonlyMap<string, tf.Tensor>) => void,
  ): Promise<StepResult> {
    const { objective, teacher } = this.parts
    const known = asked?.taught[index] ?? null
    const taught =
      known ?? (teacher === null ? null : await teacher.teach(batch, (work) => this.within(work)))
    let pass: Pass
    try {
      pass = this.within(() => {
        const found = this.differentiate(batch, taught, asked?.power ?? null, seed)
        take(
          new Map(
            [...found.gradients].map(([name, gradient]) => [
              this.names.get(name) ?? name,
              gradient,
            ]),
          ),
        )
        return found
      })
    } finally {
      if (known === null) disposeTaught(taught)
    }
    const { loss, outputs } = pass
    try {
      const [lossValue, values] = await Promise.all([
        loss.data<'float32'>(),
        objective.correct === null ? null : outputs.data<'float32'>(),
      ])
      return {
        loss: lossValue[0] ?? NaN,
        correct: values === null ? null : (objective.correct?.(values, batch.samples) ?? null),
      }
    } finally {
      tf.dispose([loss, outputs])
    }
  }

  /** Runs work with the training kernels in place, and takes them out again. */
  within<Result>(work: () => Result): Result {
    return withinKernels(this.parts.kernels, work)
  }

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

  private differentiate(
    batch: Batch,
    taught: Taught | null,
    power: tf.Scalar | null,
    seed: number,
  ): Differentiated {
    const { hint, model, objective, teacher } = this.parts
    const y = objective.targetsOf(batch.samples, batch.expected)
    const variables = [...this.variables.values()]
    const forward = (): Pass => {
      const [outputs] = model.forward(batch.inputs, true, seed)
      if (outputs === undefined) throw new RangeError('a model without an output')
      const hard = (): tf.Scalar => objective.loss(outputs, y)
      if (teacher === null || taught === null) return { loss: hard(), outputs }
      const loss = teacher.loss(outputs, taught.logits, hard)
      const features = this.features()
      if (hint === null || features === null || taught.features === null) return { loss, outputs }
      try {
        return { loss: loss.add(hint.loss(features, taught.features, power)).asScalar(), outputs }
      } finally {
        features.dispose()
      }
    }
    try {
      return differentiate(forward, variables)
    } catch (error) {
      if (memoryFaultOf(error) !== null || error instanceof RangeError || isStudioError(error))
        throw error
      throw explainFailedStep(model, error, () => {
        differentiate(forward, variables)
      })
    } finally {
      y.dispose()
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

  /** Lets weights pass through all hooks, in their order. */
  private connect(): void {
    const { model, hooks } = this.parts
    for (const name of model.all.keys()) {
      const transforms = hooks.flatMap((hook) => hook.transform(name) ?? [])
      model.transform(
        name,
        transforms.length === 0
          ? null
          : (weight) => transforms.reduce((value, transform) => transform(value), weight),
      )
    }
  }
}
