import { z } from 'zod'
import { ARITHMETIC_VERSION } from '../../core/arithmetic-version'
import { backendNames } from '../../core/backend-name'
import { errorCatalog } from '../../core/errors'
import { containerIds, precisions } from '../../core/model-summary'
import type { ErrorCode, StudioErrorData } from '../../core/errors'
import { parseRecipe } from '../../techniques/recipe'
import { candidateLetters } from '../store/candidates-slice'
import type { Candidate, CandidateResult } from '../store/candidates-slice'
import { effectKey } from '../store/recipe-slice'
import { count, measureSchema } from './kept-measure'

const isCode = (code: string): code is ErrorCode => code in errorCatalog
const refusalSchema: z.ZodType<StudioErrorData> = z.object({
  code: z.string().refine(isCode),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
})

const resultSchema: z.ZodType<CandidateResult> = z.object({
  arithmetic: z.literal(ARITHMETIC_VERSION),
  data: z.object({ key: z.string(), name: z.string().nullable() }),
  offers: z.array(
    z.object({
      target: z.object({
        container: z.enum(containerIds),
        precision: z.enum(precisions),
      }),
      size: z.object({ zipped: count, reportBytes: count, stored: count }).nullable(),
      refusal: refusalSchema.nullable(),
    }),
  ),
  measure: measureSchema.nullable(),
  answers: z
    .object({
      samples: count,
      right: z.instanceof(Uint8Array),
      classes: z.array(z.object({ label: count, samples: count, before: count, after: count })),
    })
    // A bit for each sample, or they are of something else.
    .refine(({ right, samples }) => right.length === Math.ceil(samples / 8))
    .nullable(),
  backend: z.enum(backendNames),
})

const candidateSchema = z.object({
  letter: z.enum(candidateLetters),
  name: z.string(),
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
  isOfOtherArithmetic: z.boolean(),
  result: z.unknown(),
})
const versionSchema = z.object({ arithmetic: z.unknown() })

/**
 * Settings that somebody has pinned. Figures that another arithmetic computed are left behind, and it is told that there
 * were some.
 * @throws ZodError, StudioError where nobody can read it; damaged figures are measured anew
 */
export function parseCandidate(stored: unknown): Candidate {
  const { isOfOtherArithmetic, letter, name, recipe, result } = candidateSchema.parse(stored)
  const parsed = resultSchema.nullable().safeParse(result)
  const version = versionSchema.safeParse(result).data?.arithmetic
  return {
    key: effectKey(recipe),
    letter,
    name,
    recipe,
    result: parsed.success ? parsed.data : null,
    isOfOtherArithmetic:
      isOfOtherArithmetic || (version !== undefined && version !== ARITHMETIC_VERSION),
  }
}

/** The first of each letter and of each settings. */
export function apart(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ key, letter }, at) =>
    candidates.slice(0, at).every((one) => one.key !== key && one.letter !== letter),
  )
}
