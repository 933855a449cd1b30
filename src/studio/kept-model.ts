import { del, get, set } from 'idb-keyval'
import { z } from 'zod'
import { droppedPath } from '../protocol/transfer'

const KEY = 'compression-studio.model'

/** The model that was open last, in this browser alone; a built-in sample is not kept but loaded again. */
export interface KeptModel {
  readonly name: string
  readonly files: readonly File[]
  /** The built-in data that it was measured on; people's own is kept only if they ask for it. */
  readonly datasetId: string | null
}

const schema = z.object({
  name: z.string(),
  // A stored File forgets the folder it was dropped with.
  files: z.array(z.object({ path: z.string(), blob: z.instanceof(Blob) })).min(1),
  datasetId: z.string().nullable(),
})

/** @throws DOMException where the browser has no room or forbids storage */
export function keepModel({ name, files, datasetId }: KeptModel): Promise<void> {
  const stored = files.map((file) => ({ path: droppedPath(file), blob: file }))
  return set(KEY, { name, files: stored, datasetId })
}

/** @throws DOMException where the browser forbids storage */
export function forgetModel(): Promise<void> {
  return del(KEY)
}

/** What was kept; null where there is nothing, or nothing that can be read. */
export async function loadKeptModel(): Promise<KeptModel | null> {
  try {
    const parsed = schema.safeParse(await get(KEY))
    if (!parsed.success) return null
    const { files, ...rest } = parsed.data
    return { ...rest, files: files.map(({ path, blob }) => new File([blob], path)) }
  } catch {
    // Storage may be forbidden: then nothing was kept.
    return null
  }
}
