import { z } from 'zod'
import { parseStepConfig } from '../techniques/parse-step-config'
import { parseRecipe } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { batchStatistics } from './pieces'
import type { BatchStatistics } from './pieces'
import { parseTrainingSettings } from './training-settings'
import type { TrainingSettings } from './training-settings'

/** How batches went through the network. */
export interface Passage {
  /** The most samples at once; less than a batch where that was too large for the memory. */
  readonly piece: number
  /** What batch normalisation computed with. */
  readonly statistics: BatchStatistics
}

/** How weights came about: one training run. With those before it, it says what to repeat. */
export interface TrainingRecord {
  /** What was held in the loop, and the weights that the run began with. */
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** The epoch that was kept; 0: before the first step. */
  readonly epoch: number
  readonly data: { readonly name: string; readonly hash: string | null }
  /** Where it was computed; another place rounds otherwise. */
  readonly backend: string
  /** Version of the arithmetic, which rounds otherwise too. */
  readonly arithmetic: number
  /** null: nobody wrote it down, batches went as a whole. */
  readonly passage: Passage | null
}

const recordSchema = z.strictObject({
  recipe: z.unknown(),
  settings: z.unknown(),
  epoch: z.int().nonnegative(),
  data: z.strictObject({ name: z.string(), hash: z.string().nullable() }),
  backend: z.string(),
  // Weights of another version are as good as a file's: what is made of them is computed and measured anew.
  arithmetic: z.int().positive().default(1),
  passage: z
    .strictObject({ piece: z.int().positive(), statistics: z.enum(batchStatistics) })
    .nullable()
    .default(null),
})

/**
 * Parses an untrusted record.
 * @throws StudioError 'recipe/invalid' naming the field
 */
export function parseTrainingRecord(input: unknown): TrainingRecord {
  const record = parseStepConfig(recordSchema, input)
  return {
    ...record,
    recipe: parseRecipe(record.recipe),
    settings: parseTrainingSettings(record.settings),
  }
}
