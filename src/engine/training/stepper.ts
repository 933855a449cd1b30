import * as tf from '@tensorflow/tfjs'
import type { TrainingSettings } from '../../training/training-settings'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { isStudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import type { Batch } from '../samples/batch-feed'
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
   * Needs the lock.
   * @param seed of dropout
   * @throws StudioError 'train/no-gradient'; RangeError where memory runs out
   */
  async step(batch: Batch, learningRate: number, seed: number): Promise<StepResult> {
    const { objective, teacher } = this.parts
    const taught = teacher === null ? null : await teacher.teach(batch, (work) => this.within(work))
    let pass: Pass
    try {
      pass = this.within(() => this.run(batch, taught, learningRate, seed))
    } finally {
      disposeTaught(taught)
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

  private run(batch: Batch, taught: Taught | null, learningRate: number, seed: number): Pass {
    const { optimizer, hooks, decayed } = this.parts
    const { loss, outputs, gradients: found } = this.differentiate(batch, taught, seed)
    const gradients = new Map(
      [...found].map(([name, gradient]) => [this.names.get(name) ?? name, gradient]),
    )
    try {
      for (const hook of hooks) hook.gradients(gradients)
      this.clip(gradients)
      optimizer.update(this.variables, gradients, learningRate, decayed)
      for (const hook of hooks) hook.afterUpdate()
    } finally {
      tf.dispose([...gradients.values()])
    }
    return { loss, outputs }
  }

  private differentiate(batch: Batch, taught: Taught | null, seed: number): Differentiated {
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
        return { loss: loss.add(hint.loss(features, taught.features)).asScalar(), outputs }
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
