import type { ModelGraph } from '../graph/graph'
import type { ConfigOf, TechniqueId } from './catalog'
import { biasCorrection } from './bias-correction/bias-correction'
import { equalize } from './equalize/equalize'
import { prune } from './prune/prune'
import { quantize } from './quantize/quantize'
import type { StatisticRequest } from './statistics'
import type {
  LayerNote,
  StepContext,
  TensorPlan,
  TensorStep,
  WeightStep,
  WorkingTensor,
} from './technique'

/** What a step will do to some tensors, ready to run. */
export interface PlannedPart {
  readonly tensors: readonly number[]
  readonly plan: TensorPlan
  readonly apply: (tensors: readonly WorkingTensor[]) => readonly WorkingTensor[]
}

export interface PlannedStep {
  readonly parts: readonly PlannedPart[]
  readonly notes: readonly LayerNote[]
}

/** A weight step with its plan type hidden, so that steps of all techniques fit in one map. */
interface Planner<Config> {
  readonly needs: WeightStep<Config>['needs']
  readonly plan: (
    tensors: readonly WorkingTensor[],
    config: Config,
    context: StepContext,
  ) => PlannedStep
}

function planner<Config, Plan extends TensorPlan>(step: WeightStep<Config, Plan>): Planner<Config> {
  return {
    needs: step.needs,
    plan: (tensors, config, context) => {
      const { parts, notes } = step.plan(tensors, config, context)
      return {
        notes,
        parts: parts
          .filter(({ plan }) => plan.action !== 'skip')
          .map((part) => ({
            tensors: part.tensors,
            plan: part.plan,
            apply: (own) => step.apply(own, part.plan, context),
          })),
      }
    },
  }
}

/** A step that treats each tensor by itself and looks at no inputs. */
function singly<Config, Plan extends TensorPlan>(
  step: TensorStep<Config, Plan>,
): WeightStep<Config, Plan> {
  return {
    needs: () => [],
    plan: (tensors, config, context) => ({
      parts: step.plan(tensors, config, context).map((plan, index) => ({ tensors: [index], plan })),
      notes: [],
    }),
    apply: (tensors, plan) => tensors.map((tensor) => step.apply(tensor, plan)),
  }
}

type Planners = { readonly [Id in TechniqueId]: Planner<ConfigOf<Id>> }

/** The step of every technique. One without a line here does not compile. */
const weightSteps: Planners = {
  prune: planner(singly(prune)),
  equalize: planner(equalize),
  quantize: planner(singly(quantize)),
  'bias-correction': planner(biasCorrection),
}

interface StepSettings<Id extends TechniqueId> {
  readonly technique: Id
  readonly config: ConfigOf<Id>
}

/**
 * What a step must know of the layers' inputs.
 * @param tensors as they are before the first step
 */
export function needsOf<Id extends TechniqueId>(
  step: StepSettings<Id>,
  tensors: readonly WorkingTensor[],
  graph: ModelGraph,
): readonly StatisticRequest[] {
  const { needs }: Planners[Id] = weightSteps[step.technique]
  return needs(tensors, step.config, graph)
}

/**
 * Plans one step of a recipe for all tensors.
 * @throws StudioError where the settings cannot be carried out, for example 'quantize/bits'
 */
export function planStep<Id extends TechniqueId>(
  step: StepSettings<Id>,
  tensors: readonly WorkingTensor[],
  context: StepContext,
): PlannedStep {
  const { plan }: Planners[Id] = weightSteps[step.technique]
  return plan(tensors, step.config, context)
}
