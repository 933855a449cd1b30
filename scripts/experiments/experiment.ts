import { z } from 'zod'

/** One result on record. */
export const experimentSchema = z.object({
  name: z.string(),
  /** Rates as fractions, ratios as they are. */
  metrics: z.record(z.string(), z.number()),
  /** Low and high end for each metric: quartiles of rounds, or the extremes of seeds. */
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()])),
  seeds: z.array(z.int()),
  minutes: z.number(),
  backend: z.string(),
  commit: z.string(),
  date: z.string(),
})

export type Experiment = z.infer<typeof experimentSchema>
