import type * as tf from '@tensorflow/tfjs'
import type { OpenedWeight } from '../../../formats/format'
import type { ModelGraph } from '../../../graph/graph'
import type { PreparedKernels } from '../../wasm-kernels/prepare-training-kernels'
import type { TaughtLoss } from '../distillation/distillation-loss'
import type { HintPlace } from '../distillation/hint-place'
import { ActivationHook } from '../hooks/activation-hook'
import { HintHook } from '../hooks/hint-hook'
import type { LossBy } from '../network/objective'
import type { TrainableModel } from '../network/trainable-model'
import { TrainableProgram } from '../network/trainable-program'
import { PieceLearner } from './piece-learner'
import type { Learnt, Piece } from './piece-learner'

/** All that whoever learns pieces has to know of a run, as plain data. */
export interface LearnerSetup {
  readonly graph: ModelGraph
  readonly weights: readonly Pick<OpenedWeight, 'spec' | 'values'>[]
  /** Names of the weights that learn; null: all. */
  readonly learning: ReadonlySet<string> | null
  readonly lossBy: LossBy
  readonly taught: TaughtLoss | null
  readonly hint: HintPlace | null
  /** Ranges of activations of so many bits; null: those stay as they are. */
  readonly activations: { readonly bits: number; readonly ends: Float32Array } | null
}

/** A model that computes with the weights that it is handed, and says what pieces of batches would change of them. */
export class SetUpLearner {
  /** What it gives gradients of, in this order. */
  readonly variables: ReadonlyMap<string, tf.Variable>
  private readonly model: TrainableModel
  private readonly hint: HintHook | null
  private readonly learner: PieceLearner
  private readonly all: ReadonlyMap<string, tf.Variable>

  constructor(setup: LearnerSetup, kernels: PreparedKernels | null) {
    const { activations, graph, learning, lossBy, taught } = setup
    const weights = setup.weights.map((weight) => ({ ...unstored, ...weight }))
    const model = new TrainableProgram({ graph, weights }, learning)
    this.model = model
    if (activations !== null) new ActivationHook(model, activations.bits).restore(activations.ends)
    const hint = setup.hint === null ? null : new HintHook(setup.hint, 0)
    this.hint = hint
    hint?.hold()
    const own = hint === null ? [] : [...hint.variables]
    this.variables = new Map([...model.trained, ...own])
    this.all = new Map([...model.all, ...own])
    const { variables } = this
    this.learner = new PieceLearner({ model, variables, lossBy, taught, hint, kernels })
  }

  /** Computes with these from now on, which stay the caller's. */
  take(weights: ReadonlyMap<string, tf.Tensor>, statisticsFrozen: boolean): void {
    for (const [name, weight] of weights) this.all.get(name)?.assign(weight)
    this.model.statisticsFrozen = statisticsFrozen
  }

  /** @see PieceLearner.learn */
  learn(piece: Piece): Learnt {
    return this.learner.learn(piece)
  }

  dispose(): void {
    this.hint?.dispose()
    this.model.dispose()
  }
}

/** What a file says of a weight besides its numbers, of which nothing trains. */
const unstored = { storedAs: 'float32', storedBytes: 0, zeros: 0, quantized: null } as const

/** A weight by its shape and numbers alone, as they go over to another worker. */
export function bareWeights(weights: readonly OpenedWeight[]): LearnerSetup['weights'] {
  return weights.map(({ spec, values }) => ({ spec, values }))
}
