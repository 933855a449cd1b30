import { z } from 'zod'
import { stageIds } from '../../case-study/case-plan'
import { parseRecipe } from '../../techniques/recipe'
import { parseTrainingSettings } from '../../training/training-settings'
import type { Lesson } from '../store/lesson-slice'
import { lessonSteps, runIds, trialIds } from '../store/lesson-steps'
import { count, measureSchema } from './kept-measure'
import { safely } from './kept-place'

const recipeSchema = z.unknown().transform((recipe) => parseRecipe(recipe))

const rowSchema = z.object({
  id: z.union([
    z.enum([...trialIds, ...runIds]),
    z.enum(stageIds.map((id) => `case ${id}` as const)),
  ]),
  recipe: recipeSchema,
  size: z.object({ zipped: count, reportBytes: count }),
  measure: measureSchema.nullable(),
})

const lessonSchema = z.object({
  step: z.enum(lessonSteps),
  layer: z.string(),
  index: count,
  before: z.object({
    recipe: recipeSchema,
    training: z.unknown().transform((settings) => parseTrainingSettings(settings)),
    share: z.number().min(0).max(1),
  }),
  cuts: count,
  data: z.string(),
  rows: z.array(rowSchema),
})

/**
 * @param isOfThisArithmetic whether its figures stand beside those of today; else they are left out
 * @returns null where there is none, or nobody can read it
 */
export function readLesson(stored: unknown, isOfThisArithmetic: boolean): Lesson | null {
  const lesson = safely(() => lessonSchema.parse(stored))
  return lesson === null || isOfThisArithmetic ? lesson : { ...lesson, rows: [] }
}
