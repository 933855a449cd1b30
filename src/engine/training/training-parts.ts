import * as tf from '@tensorflow/tfjs'
import { isCompressible } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import type { Toolbox } from '../work/toolbox'
import type { PreparedKernels } from '../wasm-kernels/install-training-kernels'
import { ActivationHook } from './hooks/activation-hook'
import { HintHook } from './hooks/hint-hook'
import type { HintPlace } from './hooks/hint-hook'
import type { Objective } from './objective'
import { TrainingOptimizer } from './optimizer'
import { PruningHook } from '../../techniques/prune/prune-hook.engine'
import { QuantizationHook } from '../../techniques/quantize/quantize-hook.engine'
import { Stepper } from './stepper'
import type { Teacher } from './distillation/teacher'
import type { TrainableModel } from './network/trainable-model'
import type { TrainingHook } from '../../techniques/training-hook.engine'

/** A gradual schedule looks at the weights this often in an epoch. */
const MASKS_PER_EPOCH = 10

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
  private readonly pruning: PruningHook | null

  constructor(request: PartsRequest) {
    const { model, weights, recipe, settings, stepsPerEpoch, kernels, tools } = request
    this.request = request
    this.model = model
    this.optimizer = new TrainingOptimizer(settings, kernels?.host ?? null)
    const { activationBits } = settings.quantization
    this.activations = activationBits === null ? null : new ActivationHook(model, activationBits)
    const { pace } = tools
    const has = (technique: string): boolean =>
      recipe.steps.some((step) => step.enabled && step.technique === technique)
    const pruning = has('prune')
      ? new PruningHook({
          model,
          optimizer: this.optimizer,
          weights,
          recipe,
          settings: settings.pruning,
          every: Math.max(1, Math.floor(stepsPerEpoch / MASKS_PER_EPOCH)),
          pace,
        })
      : null
    const quantization = has('quantize')
      ? new QuantizationHook({
          model,
          weights,
          recipe,
          settings: settings.quantization,
          maskOf: (name) => pruning?.maskOf(name) ?? null,
          pace,
        })
      : null
    this.pruning = pruning
    this.hint = request.hint === null ? null : new HintHook(request.hint, settings.seed)
    this.hooks = [pruning, quantization, this.hint].filter((hook) => hook !== null)
  }

  /** Share of compressible weights that masks remove now; 0 where nothing is pruned. */
  get sparsity(): number {
    return this.pruning?.sparsity ?? 0
  }

  /** Whether a gradual schedule, if there is one, has reached its end. */
  get complete(): boolean {
    return this.pruning?.complete ?? true
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

  /** To be called once the hooks are prepared or restored: from then on weights pass through them. */
  stepper(objective: Objective, teacher: Teacher | null): Stepper {
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
    })
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
