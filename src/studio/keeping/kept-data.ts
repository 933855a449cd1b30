import { del, get, set } from 'idb-keyval'
import { z } from 'zod'
import { dataSettingsSchema } from '../../data/data-settings'
import type { OpenDataRequest } from '../../protocol/data-messages'
import { keptChoices, withChoices } from './kept-choices'
import { keptFilesSchema, asKept } from './kept-files'

const KEY = 'compression-studio.data'

/** Data that the person asked to keep over a reload: the files themselves, in this browser alone. */
export interface KeptDataFiles extends OpenDataRequest {
  readonly name: string
}

const schema = z
  .object({
    name: z.string(),
    files: keptFilesSchema,
    ...keptChoices,
    settings: dataSettingsSchema.nullable(),
  })
  .transform(withChoices)

/** @throws DOMException where the browser has no room or forbids storage */
export async function keepData({ name, files, choices, settings }: KeptDataFiles): Promise<void> {
  await set(KEY, {
    name,
    files: asKept(files),
    choices,
    settings,
  })
}

export function forgetKeptData(): Promise<void> {
  return del(KEY)
}

/** What was kept; null where there is nothing, or nothing that can be read. */
export async function loadKeptData(): Promise<KeptDataFiles | null> {
  try {
    const parsed = schema.safeParse(await get(KEY))
    return parsed.success ? parsed.data : null
  } catch {
    // Storage may be forbidden: then nothing was kept.
    return null
  }
}
