import type { ConfigOf, TechniqueId } from './catalog'
import { prune } from './prune/prune'
import { quantize } from './quantize/quantize'
import type { StepContext, TensorPlan, WeightStep, WorkingTensor } from './technique'

/** What a step will do to one tensor, ready to run. */
export interface PlannedTensor {
  readonly plan: TensorPlan
  readonly apply: (tensor: WorkingTensor) => WorkingTensor
}

/** A weight step with its plan type hidden, so that steps of all techniques fit in one map. */
export type StepPlanner<Config> = (
  tensors: readonly WorkingTensor[],
  config: Config,
  context: StepContext,
) => readonly PlannedTensor[]

function planner<Config, Plan extends TensorPlan>(
  step: WeightStep<Config, Plan>,
): StepPlanner<Config> {
  return (tensors, config, context) =>
    step.plan(tensors, config, context).map((plan) => ({
      plan,
      apply: (tensor) => step.apply(tensor, plan),
    }))
}

type StepPlanners = { readonly [Id in TechniqueId]: StepPlanner<ConfigOf<Id>> }

/** Every technique that only needs the weights. A technique without a line here does not compile. */
const weightSteps: StepPlanners = {
  prune: planner(prune),
  quantize: planner(quantize),
}

/**
 * Plans one step of a recipe for all tensors.
 * @throws StudioError where the settings cannot be carried out, for example 'quantize/bits'
 */
export function planStep<Id extends TechniqueId>(
  step: { readonly technique: Id; readonly config: ConfigOf<Id> },
  tensors: readonly WorkingTensor[],
  context: StepContext,
): readonly PlannedTensor[] {
  const plan: StepPlanners[Id] = weightSteps[step.technique]
  return plan(tensors, step.config, context)
}
