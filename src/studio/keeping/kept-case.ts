import { z } from 'zod'
import { caseOrders, casePresets, casePurposes, stageIds } from '../../case-study/case-plan'
import { backendNames } from '../../core/backend-name'
import { parseRecipe } from '../../techniques/recipe'
import type { CasePath, CaseStatus } from '../store/case-slice'
import { caseLimitsSchema } from './kept-limits'
import { count, measureSchema } from './kept-measure'
import type { PlaceReader, PlaceWriter } from './kept-place'
import { safely } from './kept-place'
import type { KeptPath } from './open-place'

const latencySchema = z
  .object({
    backend: z.enum(backendNames),
    batch: count,
    runs: count,
    median: z.number(),
    p95: z.number(),
    first: z.number(),
  })
  .nullable()

const stageSchema = z.object({
  id: z.enum(stageIds),
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
  sparsity: z.number(),
  share: z.number().nullable(),
  size: z.object({ zipped: count, reportBytes: count }),
  measure: measureSchema,
  macs: z.number().nullable(),
  // An older studio did not count them.
  memory: z.number().nullable().default(null),
})

const pathSchema = z.object({
  id: z.int().positive(),
  settings: z.object({
    purpose: z.enum(casePurposes),
    order: z.enum(caseOrders),
    epochs: z.int().positive(),
  }),
  // An older studio had those of the purposes alone.
  limits: caseLimitsSchema().optional(),
  stages: z.array(stageSchema),
  isDone: z.boolean(),
  latency: z.object({ original: latencySchema, compressed: latencySchema }),
})

const keptPathSchema = z.object({ path: z.unknown(), places: z.array(z.unknown()) })

/** @returns plain data; files are named */
export async function writePath(
  { path, places }: KeptPath,
  writer: PlaceWriter,
): Promise<z.input<typeof keptPathSchema>> {
  const { status, ...rest } = path
  const written: unknown[] = []
  for (const place of places) written.push(place === null ? null : await writer.place(place))
  return { path: { ...rest, isDone: status.state === 'done' }, places: written }
}

/** @returns null where nobody can read it; a place is null where its model is gone */
export async function readPath(stored: unknown, reader: PlaceReader): Promise<KeptPath | null> {
  const kept = keptPathSchema.safeParse(stored)
  const parsed = kept.success ? safely(() => pathSchema.parse(kept.data.path)) : null
  if (parsed === null || !kept.success) {
    reader.lost.add('stages')
    return null
  }
  const { isDone, limits = casePresets[parsed.settings.purpose].limits, ...rest } = parsed
  // One that was going on has ended with its page.
  const status: CaseStatus = { state: isDone ? 'done' : 'cancelled' }
  const path: CasePath = { ...rest, limits, status }
  const places: KeptPath['places'][number][] = []
  for (const at of path.stages.keys()) {
    const place = await reader.place(kept.data.places[at])
    if (place === null) reader.lost.add('stages')
    places.push(place)
  }
  return { path, places }
}
