import * as tf from '@tensorflow/tfjs'
import { isCompressible } from '../../core/tensor-spec'
import type { RunStretch } from '../../core/run-stretch'
import type { WeightTensor } from '../../core/weight-tensor'
import { techniqueIds } from '../../techniques/catalog'
import { isOn } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { statisticsOf } from '../../training/pieces'
import type { BatchStatistics } from '../../training/pieces'
import type { TrainingSettings } from '../../training/training-settings'
import { runWithin } from '../work/run-within'
import type { Toolbox } from '../work/toolbox'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { ActivationHook } from './hooks/activation-hook'
import { HintHook } from './hooks/hint-hook'
import type { HintPlace } from './distillation/hint-place'
import { techniqueHooks } from './hooks/technique-hooks'
import type { Objective } from './network/objective'
import { TrainingOptimizer } from './optimizer'
import type { LearnerSetup } from './pieces/learner-setup'
import type { PiecesParts } from './pieces/step-in-pieces'
import type { RunPlace } from './run-place'
import { Stepper } from './stepper'
import type { Teacher } from './distillation/teacher'
import type { TrainableModel } from './network/trainable-model'
import type { HookGround, Removal, TrainingHook } from '../../techniques/training-hook.engine'

export interface PartsRequest {
  readonly model: TrainableModel
  readonly weights: readonly WeightTensor[]
  /** Pruning as a sparsity, see `withSparsityTarget`. */
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  readonly stepsPerEpoch: number
  readonly kernels: PreparedKernels | null
  /** null: outputs alone are learnt from a teacher. */
  readonly hint: HintPlace | null
  readonly tools: Toolbox
  /** What the model was built from, for whoever learns pieces of batches. */
  readonly built: Pick<LearnerSetup, 'graph' | 'learning' | 'weights'>
}

/** Model, optimizer and hooks of one run: all that lives on the backend. */
export class TrainingParts {
  readonly model: TrainableModel
  readonly optimizer: TrainingOptimizer
  readonly hooks: readonly TrainingHook[]
  /** null where activations stay as they are. */
  readonly activations: ActivationHook | null
  readonly hint: HintHook | null
  private readonly request: PartsRequest

  /**
   * @param request its model is taken over
   * @throws StudioError of a step that cannot be carried out, for example 'quantize/bits'
   */
  constructor(request: PartsRequest) {
    const { model, recipe, settings, kernels } = request
    this.request = request
    this.model = model
    this.optimizer = new TrainingOptimizer(settings, kernels?.host ?? null)
    const { activationBits } = settings.quantization
    this.activations = activationBits === null ? null : new ActivationHook(model, activationBits)
    this.hint = request.hint === null ? null : new HintHook(request.hint, settings.seed)
    const ground = this.ground(request)
    try {
      const own = techniqueIds
        .filter((technique) => isOn(recipe, technique))
        .map((technique) => techniqueHooks[technique]?.(ground, settings) ?? null)
      this.hooks = [...own, this.hint].filter((hook) => hook !== null)
    } catch (error) {
      // Settings that nothing can be done with: there is nobody who could let go of the model.
      model.dispose()
      throw error
    }
  }

  private ground({ model, weights, recipe, stepsPerEpoch, tools }: PartsRequest): HookGround {
    const { pace } = tools
    return {
      weights,
      recipe,
      stepsPerEpoch,
      variable: (name) => model.all.get(name),
      isTrained: (name) => model.trained.has(name),
      read: () => model.read(weights),
      maskMoments: (name, mask) => {
        this.optimizer.mask(name, mask)
      },
      maskOf: (name) => {
        for (const { maskOf } of this.removals) {
          const mask = maskOf(name)
          if (mask !== null) return mask
        }
        return null
      },
      between: (signal) => pace.between(signal),
      finish: (running, signal) => runWithin(pace, signal, running),
    }
  }

  private get removals(): readonly Removal[] {
    return this.hooks.map(({ removal }) => removal).filter((removal) => removal !== null)
  }

  /** Share of compressible weights that masks remove now; 0 where nothing is pruned. */
  get sparsity(): number {
    return Math.max(0, ...this.removals.map(({ sparsity }) => sparsity))
  }

  /** Whether gradual schedules, if there are any, have reached their end. */
  get complete(): boolean {
    return this.removals.every(({ complete }) => complete)
  }

  /** The part of the run in which the learning rate falls once, at a moment of it. */
  decayStretch(progress: number): RunStretch {
    const rounds = this.removals.map(({ round }) => round(progress))
    return rounds.find((round) => round !== null) ?? { from: 0, to: 1 }
  }

  /** The recipe that turns the weights as they are now into what the model computes with. */
  committed(recipe: Recipe): Recipe {
    return this.hooks.reduce((all, hook) => hook.committed(all), recipe)
  }

  /** Whether some weight is no number any more. */
  async isLost(): Promise<boolean> {
    for (const { values } of await this.model.read(this.request.weights))
      if (values.some((value) => !Number.isFinite(value))) return true
    return false
  }

  /** Whether there is batch normalisation whose statistics follow the batches. */
  get trainsStatistics(): boolean {
    const { model, request } = this
    return request.settings.batchNorm.statistics === 'trained' && model.statistics.length > 0
  }

  /** What batch normalisation computes with where a batch goes in such pieces; it does so from now on. */
  follow({ batchSize, piece }: Pick<RunPlace, 'batchSize' | 'piece'>): BatchStatistics {
    const { model, trainsStatistics } = this
    const statistics = statisticsOf(batchSize, piece, trainsStatistics)
    model.statisticsFrozen = statistics === 'none' || statistics === 'frozen'
    return statistics
  }

  /** To be called once the hooks are prepared or restored: from then on weights pass through them. */
  stepper(objective: Objective, teacher: Teacher | null, crew: PiecesParts['crew']): Stepper {
    const { model, optimizer, hooks } = this
    const { weights, settings, kernels } = this.request
    const kernelsOfLayers = weights.filter(({ spec }) => isCompressible(spec))
    return new Stepper({
      model,
      objective,
      teacher,
      hint: this.hint,
      optimizer,
      hooks,
      kernels,
      decayed: new Set(kernelsOfLayers.map(({ spec }) => spec.name)),
      clipNorm: settings.clipNorm,
      setup: () => this.setup(objective, teacher),
      crew,
    })
  }

  private setup({ lossBy }: Objective, teacher: Teacher | null): LearnerSetup {
    const { built, settings } = this.request
    const { activationBits: bits } = settings.quantization
    const { activations, hint } = this
    return {
      ...built,
      lossBy,
      taught: teacher?.counts ?? null,
      hint: hint?.place ?? null,
      activations:
        activations === null || bits === null ? null : { bits, ends: activations.save() },
    }
  }

  /** Keeps this moment on the backend, to go back to. */
  rollbackPoint(): RollbackPoint {
    const { model, optimizer, hooks } = this
    const variables = [
      ...model.all.values(),
      ...hooks.flatMap((hook) => [...hook.variables.values()]),
    ]
    // Assigning gives a variable new memory, so another reference is as good as a copy.
    const copies = variables.map((variable) => tf.keep(variable.clone()))
    const slots = optimizer.snapshot()
    return {
      restore: () => {
        variables.forEach((variable, index) => {
          const copy = copies[index]
          if (copy !== undefined) variable.assign(copy)
        })
        slots.restore()
        for (const hook of hooks) hook.afterRollback()
      },
      dispose: () => {
        tf.dispose(copies)
        slots.dispose()
      },
    }
  }

  dispose(): void {
    for (const hook of this.hooks) hook.dispose()
    this.optimizer.dispose()
    this.model.dispose()
  }
}

export interface RollbackPoint {
  readonly restore: () => void
  readonly dispose: () => void
}
