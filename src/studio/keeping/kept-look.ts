import { z } from 'zod'
import { graphMeasures, layerViews } from '../store/look-slice'
import type { PageLook } from '../store/look-slice'

z.config({ jitless: true })

const KEY = 'compression-studio.look'

const lookSchema = z.object({
  accuracy: z.object({
    logarithmic: z.boolean(),
    near: z.boolean(),
    allowedLoss: z.number().min(0).max(100),
  }),
  cards: z.record(z.string(), z.boolean()),
  // Looks from before it have none.
  triesRemedies: z.boolean().default(true),
  layers: z.enum(layerViews).default('list'),
  graphMeasure: z.enum(graphMeasures).default('bytes'),
})

/** How the page was arranged; null where nobody arranged it, or by another version. */
export function loadLook(storage: Pick<Storage, 'getItem'>): PageLook | null {
  try {
    const parsed = lookSchema.safeParse(JSON.parse(storage.getItem(KEY) ?? 'null'))
    return parsed.success ? parsed.data : null
  } catch {
    // Storage may be forbidden.
    return null
  }
}

export function keepLook(storage: Pick<Storage, 'setItem'>, look: PageLook): void {
  try {
    storage.setItem(KEY, JSON.stringify(look))
  } catch {
    // Full or forbidden storage only costs the convenience.
  }
}
