import { allOff, withConfig, withoutTraining } from '../techniques/recipe'
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
  let recipe = allOff(withoutTraining(start))
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
    recipe = withStage(recipe, stage.enable, plan)
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

/** Turns steps on with the plan's values; settings that are nobody's business here stay. */
function withStage(
  recipe: Recipe,
  enable: CaseStage['enable'],
  { sparsity: value, bits }: CasePlan,
): Recipe {
  const pruned =
    enable.prune === true
      ? withConfig(
          recipe,
          'prune',
          { method: 'magnitude', target: 'sparsity', value, overrides: {} },
          true,
        )
      : recipe
  return enable.quantize === true
    ? withConfig(pruned, 'quantize', { bits, overrides: {} }, true)
    : pruned
}
