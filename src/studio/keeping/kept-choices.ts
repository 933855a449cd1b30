import { z } from 'zod'
import { readingChoicesSchema } from '../../data/reading/reading'
import type { ReadingChoices } from '../../data/reading/reading'

/** Choices as they are kept; an older studio kept the label columns alone. */
export const keptChoices = {
  labelColumns: z.array(z.string()).nullable().optional(),
  choices: readingChoicesSchema.optional(),
}

interface Kept {
  readonly labelColumns?: readonly string[] | null | undefined
  readonly choices?: ReadingChoices | undefined
}

/** What was kept with the choices in the place that they have now. */
export function withChoices<Found extends Kept>({
  labelColumns,
  choices,
  ...rest
}: Found): Omit<Found, keyof Kept> & { readonly choices: ReadingChoices } {
  return { ...rest, choices: choices ?? (labelColumns == null ? {} : { labelColumns }) }
}
