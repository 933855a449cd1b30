import { del, get, set } from 'idb-keyval'
import { z } from 'zod'
import type { OutputMeaning } from '../../core/output-meaning'
import type { CutOrigin } from '../../protocol/structure-messages'
import { keptFilesSchema, asKept } from './kept-files'
import { asKeptOrigin, keptStandingSchema } from './kept-origin'

const KEY = 'compression-studio.model'

/** The model that was open last, in this browser alone; a built-in sample is not kept but loaded again. */
export interface KeptModel {
  readonly name: string
  readonly files: readonly File[]
  /** The built-in data that it was measured on; people's own is kept only if they ask for it. */
  readonly datasetId: string | null
  /** What it was cut from, so that everything goes on being compared with that. */
  readonly origin: CutOrigin | null
  readonly meaning: OutputMeaning | null
  readonly outputNames: readonly string[] | null
}

const schema = z.object({
  name: z.string(),
  files: keptFilesSchema,
  datasetId: z.string().nullable(),
  ...keptStandingSchema,
})

/** @throws DOMException where the browser has no room or forbids storage */
export function keepModel({ files, origin, ...rest }: KeptModel): Promise<void> {
  return set(KEY, { ...rest, files: asKept(files), origin: asKeptOrigin(origin) })
}

/** @throws DOMException where the browser forbids storage */
export function forgetModel(): Promise<void> {
  return del(KEY)
}

/** What was kept; null where there is nothing, or nothing that can be read. */
export async function loadKeptModel(): Promise<KeptModel | null> {
  try {
    const parsed = schema.safeParse(await get(KEY))
    return parsed.success ? parsed.data : null
  } catch {
    // Storage may be forbidden: then nothing was kept.
    return null
  }
}
