import type { WeightTensor } from '../core/weight-tensor'
import type { RecipeStep } from './catalog'
import type { Recipe } from './recipe'
import { untouched } from './technique'
import type { WorkingTensor } from './technique'
import { planStep } from './weight-steps'
import type { PlannedTensor } from './weight-steps'

/** Handed out after each tensor that was worked on: a place to yield, report or cancel. */
export interface PipelineProgress {
  readonly done: number
  readonly total: number
}

/** An enabled step and the tensors that entered it: what its settings were resolved against. */
export interface ExecutedStep {
  readonly step: RecipeStep
  readonly inputs: readonly WorkingTensor[]
}

export interface PipelineResult {
  /** In the order of the weights. */
  readonly tensors: readonly WorkingTensor[]
  /** The enabled steps, in order. */
  readonly steps: readonly ExecutedStep[]
}

/** Runs recipes over one model's weights and remembers the last result of each step and tensor. */
export interface Pipeline {
  readonly weights: readonly WeightTensor[]
  /**
   * Runs the enabled steps in order. Leaving the generator early cancels; what was finished is kept
   * and used by the next run. Equal recipes give equal results, from the memory or not.
   * @throws StudioError of a step, for example 'quantize/bits' or 'quantize/non-finite'
   */
  readonly run: (recipe: Recipe) => Generator<PipelineProgress, PipelineResult, undefined>
  /** Runs without stopping. */
  readonly runAll: (recipe: Recipe) => PipelineResult
}

/** One slot for each step position and tensor: a moving slider replaces, it does not pile up. */
interface Remembered {
  readonly input: WorkingTensor
  readonly key: string
  readonly output: WorkingTensor
}

interface RememberedPlan {
  readonly key: string
  readonly inputs: readonly WorkingTensor[]
  readonly planned: readonly PlannedTensor[]
}

/**
 * Prepares weights for recipes.
 * @param weights float32 weights, finite, never changed afterwards
 */
export function createPipeline(weights: readonly WeightTensor[]): Pipeline {
  const start = weights.map(untouched)
  const results: Map<number, Remembered>[] = []
  const plans: (RememberedPlan | undefined)[] = []

  function planOnce(
    position: number,
    step: RecipeStep,
    inputs: readonly WorkingTensor[],
    seed: number,
  ): readonly PlannedTensor[] {
    const key = JSON.stringify([seed, step.technique, step.config])
    const known = plans[position]
    if (known?.key === key && sameTensors(known.inputs, inputs)) return known.planned
    const planned = planStep(step, inputs, { seed })
    plans[position] = { key, inputs, planned }
    return planned
  }

  function applyOnce(
    position: number,
    technique: string,
    index: number,
    input: WorkingTensor,
    planned: PlannedTensor,
  ): WorkingTensor {
    const memory = (results[position] ??= new Map())
    const key = `${technique} ${JSON.stringify(planned.plan)}`
    const known = memory.get(index)
    if (known?.input === input && known.key === key) return known.output
    const output = planned.apply(input)
    memory.set(index, { input, key, output })
    return output
  }

  function* run(recipe: Recipe): Generator<PipelineProgress, PipelineResult, undefined> {
    const total = recipe.steps.filter((step) => step.enabled).length * start.length
    const steps: ExecutedStep[] = []
    let tensors: readonly WorkingTensor[] = start
    let done = 0
    for (const [position, step] of recipe.steps.entries()) {
      if (!step.enabled) continue
      const inputs = tensors
      const planned = planOnce(position, step, inputs, recipe.seed)
      steps.push({ step, inputs })
      const outputs: WorkingTensor[] = []
      for (const [index, input] of inputs.entries()) {
        const todo = planned[index]
        done++
        if (todo === undefined || todo.plan.action === 'skip') outputs.push(input)
        else {
          outputs.push(applyOnce(position, step.technique, index, input, todo))
          yield { done, total }
        }
      }
      tensors = outputs
    }
    return { tensors, steps }
  }

  return {
    weights,
    run,
    runAll: (recipe) => {
      const running = run(recipe)
      for (;;) {
        const next = running.next()
        if (next.done === true) return next.value
      }
    },
  }
}

function sameTensors(left: readonly WorkingTensor[], right: readonly WorkingTensor[]): boolean {
  return left.length === right.length && left.every((tensor, index) => tensor === right[index])
}
