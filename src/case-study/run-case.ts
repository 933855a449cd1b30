import { withoutTraining } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { defaultDistillation } from '../training/training-settings'
import type { TrainingSettings } from '../training/training-settings'
import type { ChannelTarget } from '../structure/choose-channels'
import type { CasePlan, CaseStage, StageId } from './case-plan'

/** What a case study needs done; the page and the experiments bring their own. */
export interface CaseWorld<Measured> {
  /** Puts the smaller model in the place of the open one. @returns what names the whole one as a teacher */
  readonly cut: (target: ChannelTarget, recipe: Recipe) => Promise<string>
  /** Size of the file and accuracy on the validation split. */
  readonly measure: (recipe: Recipe) => Promise<Measured>
  /** @returns the recipe of the best weights */
  readonly train: (recipe: Recipe, settings: TrainingSettings) => Promise<Recipe>
  /** Without labels the whole model supervises every stage. */
  readonly hasLabels: boolean
}

export interface StageResult<Measured> {
  readonly id: StageId
  readonly recipe: Recipe
  readonly measured: Measured
}

/**
 * Goes through the stages, each from the weights of the one before, and measures after each.
 * @param start which of its steps are on does not matter, nor what was trained: the file's own weights are the
 *   original that the last stage learns from
 * @param settings what is not the plan's business: optimizer, learning rate, augmentation, seed
 * @param onStage told what comes next
 */
export async function* runCase<Measured>(
  plan: CasePlan,
  start: Recipe,
  settings: TrainingSettings,
  world: CaseWorld<Measured>,
  onStage: (id: StageId) => void = () => undefined,
): AsyncGenerator<StageResult<Measured>, undefined, undefined> {
  let recipe = withSteps(withoutTraining(start), { prune: false, quantize: false }, plan)
  let teacher = 'original'
  onStage('float')
  yield { id: 'float', recipe, measured: await world.measure(recipe) }
  if (plan.cut !== null) {
    onStage('cut')
    teacher = await world.cut(plan.cut, recipe)
    recipe = withoutTraining(recipe)
    yield { id: 'cut', recipe, measured: await world.measure(recipe) }
  }
  for (const stage of plan.stages) {
    onStage(stage.id)
    recipe = withSteps(recipe, stage.enable, plan)
    if (stage.training !== null)
      recipe = await world.train(
        recipe,
        stageSettings(
          stage.training,
          settings,
          stage.training.taught || !world.hasLabels ? teacher : null,
        ),
      )
    yield { id: stage.id, recipe, measured: await world.measure(recipe) }
  }
}

/** The settings of one stage's training; `teacher` null: labels alone. */
function stageSettings(
  { epochs, schedule }: NonNullable<CaseStage['training']>,
  settings: TrainingSettings,
  teacher: string | null,
): TrainingSettings {
  const distillation = settings.distillation ?? defaultDistillation
  return {
    ...settings,
    epochs,
    patience: null,
    pruning: { ...settings.pruning, schedule },
    distillation: teacher === null ? null : { ...distillation, teacher, hint: null },
  }
}

/** Turns steps on with the plan's values, or off; settings that are nobody's business here stay. */
function withSteps(
  recipe: Recipe,
  enable: { readonly prune?: boolean; readonly quantize?: boolean },
  { sparsity, bits }: CasePlan,
): Recipe {
  const steps = recipe.steps.map((step) => {
    const enabled = enable[step.technique]
    if (enabled === undefined) return step
    if (!enabled) return { ...step, enabled }
    if (step.technique === 'prune') {
      const { method, target, value } = {
        method: 'magnitude',
        target: 'sparsity',
        value: sparsity,
      } as const
      return { ...step, enabled, config: { ...step.config, method, target, value, overrides: {} } }
    }
    return { ...step, enabled, config: { ...step.config, bits, overrides: {} } }
  })
  return { ...recipe, steps }
}
