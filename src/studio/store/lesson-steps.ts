import type { StageId } from '../../case-study/case-plan'
import { allOff, isOn, stepOf, withConfig, withoutTraining } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

/** What the lesson goes through, in the order of the tutorial. */
export const lessonSteps = [
  ...(['layer', 'linear', 'mean', 'threshold', 'random', 'filters'] as const),
  ...(['recover', 'distil', 'caseStudy', 'devices', 'results'] as const),
] as const
export type LessonStep = (typeof lessonSteps)[number]

/** What a step tries by settings alone. */
export const trialIds = [
  ...(['original', 'linear', 'mean', 'threshold'] as const),
  ...(['randomMatched', 'randomLiteral', 'both'] as const),
] as const
export type TrialId = (typeof trialIds)[number]

/** What takes a cut or a run. */
export const runIds = ['cut', 'recovered', 'distilled'] as const
export type RunId = (typeof runIds)[number]

/** Names what was measured: each once, its newest settings. */
export type RowId = TrialId | RunId | `case ${StageId}`

export const trialsOf: Readonly<Record<LessonStep, readonly TrialId[]>> = {
  layer: ['original'],
  linear: ['linear'],
  mean: ['mean'],
  threshold: ['threshold'],
  random: ['randomMatched', 'randomLiteral'],
  filters: [],
  recover: ['both'],
  distil: [],
  caseStudy: [],
  devices: [],
  results: [],
}

/** Those that put numbers of one layer into formulas. */
export const layerSteps: readonly LessonStep[] = ['layer', 'linear', 'mean', 'threshold', 'random']

/** What stands side by side in a step. */
export const shownIn: Readonly<Record<LessonStep, readonly RowId[]>> = {
  layer: ['original'],
  linear: ['original', 'linear'],
  mean: ['linear', 'mean'],
  threshold: ['original', 'threshold'],
  random: ['threshold', 'randomMatched', 'randomLiteral'],
  filters: ['original', 'cut'],
  recover: ['both', 'recovered'],
  distil: ['both', 'recovered', 'distilled'],
  caseStudy: [],
  devices: [],
  results: [],
}

const rowOrder: readonly RowId[] = [...new Set(lessonSteps.flatMap((step) => shownIn[step]))]

/**
 * What stands in a step of all that was measured, in the order in which the lesson comes to it, whenever that was. The end
 * has everything, but of the stages of the case study, which stand in its own step, the last alone.
 */
export function rowsIn<Row extends { readonly id: RowId }>(
  step: LessonStep,
  rows: readonly Row[],
): readonly Row[] {
  const placeOf = ({ id }: Row): number => {
    const at = rowOrder.indexOf(id)
    return at < 0 ? rowOrder.length : at
  }
  if (step !== 'results') return inOrder(rows.filter(({ id }) => shownIn[step].includes(id)))
  const stage = rows.findLast(({ id }) => id.startsWith('case '))
  return inOrder(rows.filter((row) => row === stage || !row.id.startsWith('case ')))

  function inOrder(some: readonly Row[]): readonly Row[] {
    return some.toSorted((one, other) => placeOf(one) - placeOf(other))
  }
}

/** Few enough that a person sees the levels in the histogram. */
export const LESSON_BITS = 3
export const LESSON_SPARSITY = 0.8
/** Of the filters and neurons. */
export const LESSON_CUT = 0.3
/** Of a run that somebody waits for. */
export const LESSON_EPOCHS = 1

/**
 * The settings of a trial. What the person has chosen in the lesson before stays: bits, and how much is removed.
 * @param recipe the settings as they are; what else is on there is off in the trial
 */
export function trialRecipe(id: TrialId, recipe: Recipe): Recipe {
  const bare = allOff(withoutTraining(recipe))
  switch (id) {
    case 'original':
      return bare
    case 'linear':
    case 'mean':
      return quantized(bare, recipe, id)
    case 'threshold':
      return pruned(bare, recipe, 'magnitude', 'matched')
    case 'randomMatched':
      return pruned(bare, recipe, 'random', 'matched')
    case 'randomLiteral':
      return pruned(bare, recipe, 'random', 'literal')
    case 'both':
      return quantized(pruned(bare, recipe, 'magnitude', 'matched'), recipe, 'linear')
  }
}

/** The tutorial's form: one interval for a tensor, from its smallest weight to its largest. */
function quantized(bare: Recipe, before: Recipe, scheme: 'linear' | 'mean'): Recipe {
  const own = stepOf(before, 'quantize')?.config
  // The scheme that the studio begins with is not the lesson's, so its bits are nobody's choice.
  const bits = own === undefined || own.scheme === 'affine' ? LESSON_BITS : own.bits
  const whole = { granularity: 'perTensor', range: 'minMax', overrides: {} } as const
  return withConfig(bare, 'quantize', { bits, scheme, ...whole }, true)
}

function pruned(
  bare: Recipe,
  before: Recipe,
  method: 'magnitude' | 'random',
  randomRule: 'matched' | 'literal',
): Recipe {
  const amount = isOn(before, 'prune')
    ? {}
    : ({ target: 'sparsity', value: LESSON_SPARSITY, scope: 'global' } as const)
  return withConfig(bare, 'prune', { ...amount, method, randomRule, overrides: {} }, true)
}

/** The trial that settings are, whoever chose them; null: none of the lesson. */
export function trialOf(recipe: Recipe): TrialId | null {
  if (recipe.trained !== undefined) return null
  const on = recipe.steps.filter(({ enabled }) => enabled)
  if (on.length === 0) return 'original'
  const prune = isOn(recipe, 'prune') ? stepOf(recipe, 'prune') : null
  const quantize = isOn(recipe, 'quantize') ? stepOf(recipe, 'quantize') : null
  // A technique that the lesson says nothing of, or one that is there twice.
  if (on.length > Number(prune !== null) + Number(quantize !== null)) return null
  if (prune === null) {
    const scheme = quantize?.config.scheme ?? 'affine'
    return scheme === 'affine' ? null : scheme
  }
  const { method, randomRule } = prune.config
  if (quantize !== null) return method === 'magnitude' ? 'both' : null
  if (method === 'magnitude') return 'threshold'
  return randomRule === 'matched' ? 'randomMatched' : 'randomLiteral'
}

/** @returns null after the last one */
export function lessonStepAfter(step: LessonStep): LessonStep | null {
  return lessonSteps[lessonSteps.indexOf(step) + 1] ?? null
}

/** @returns null before the first one */
export function lessonStepBefore(step: LessonStep): LessonStep | null {
  return lessonSteps[lessonSteps.indexOf(step) - 1] ?? null
}
