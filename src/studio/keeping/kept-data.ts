import { z } from 'zod'
import { dataSettingsSchema } from '../../data/data-settings'
import { readingChoicesSchema } from '../../data/reading/reading'
import type { OpenDataRequest } from '../../protocol/data-messages'
import { contentKey, dataContentKey } from './content-key'
import { fileFinder, fileRefSchema } from './kept-bundle'
import { changedAt, dropUnnamedFiles, writeWithFiles } from './kept-room'
import { filesNamedIn } from './kept-names'
import { dataTable, sessionsTable } from './kept-table'
import { NotKept } from './not-kept'
import { whileWriting } from './tab-locks'

/** Data that the person asked to keep over a reload: the files themselves, in this browser alone. */
export interface KeptDataFiles extends OpenDataRequest {
  readonly name: string
}

const schema = z.object({
  name: z.string(),
  files: fileRefSchema,
  choices: readingChoicesSchema,
  settings: dataSettingsSchema().nullable(),
})

/** The models that data was kept with, by what they hold. */
export const ownersSchema = z.looseObject({ models: z.array(z.string()) })

/**
 * Keeps data by what it holds, with the model that it was kept for.
 * @param model files that were opened first
 * @throws NotKept
 */
export async function keepData(
  { name, files, choices, settings }: KeptDataFiles,
  model: readonly File[],
): Promise<void> {
  const [key, owner] = await Promise.all([dataContentKey(files), contentKey(model)])
  if (key === null) throw new NotKept({ kind: 'insecure' })
  await whileWriting(async () => {
    const before = ownersSchema.safeParse(await dataTable.get(key))
    const models = new Set(before.success ? before.data.models : [])
    if (owner !== null && model.length > 0) models.add(owner)
    const stored = {
      ...{ name, choices, settings, changed: Date.now() },
      files: { key },
      models: [...models],
    }
    await writeWithFiles([[dataTable.keyOf(key), stored]], new Map([[key, files]]), null)
  })
}

/**
 * Forgets data that is attached, or else what would be offered for a model.
 * @throws DOMException where the browser forbids storage
 */
export async function forgetKeptData(
  model: readonly File[],
  attached: readonly File[] | null,
): Promise<void> {
  const key = attached === null ? (await find(model))?.key : await dataContentKey(attached)
  if (key == null) return
  await whileWriting(async () => {
    await dataTable.remove(key)
    // Models that were left on it come back without.
    for (const [id, stored] of await sessionsTable.all())
      if (filesNamedIn(stored).has(key)) await sessionsTable.set(id, withoutData(stored, key))
    await dropUnnamedFiles()
  })
}

/** What was kept with a model, or else last; null where there is nothing, or nothing that can be read. */
export async function loadKeptData(model: readonly File[]): Promise<KeptDataFiles | null> {
  try {
    const found = await find(model)
    if (found === null) return null
    const { files: ref, ...rest } = found.data
    const files = await fileFinder(() => Promise.resolve([]))(ref)
    return files === null ? null : { ...rest, files }
  } catch {
    // Storage may be forbidden: then nothing was kept.
    return null
  }
}

/** Whether just these files are kept. */
export async function holdsData(files: readonly File[]): Promise<boolean> {
  const ids = await dataTable.ids()
  // Most keep none, and files are not read for it.
  return ids.length > 0 && ids.includes((await dataContentKey(files)) ?? '')
}

/** The same, without data of a key wherever it stands. */
function withoutData(stored: unknown, key: string): unknown {
  if (Array.isArray(stored)) return stored.map((one: unknown) => withoutData(one, key))
  if (typeof stored !== 'object' || stored === null) return stored
  const own = ownSchema.safeParse(stored)
  if (own.success && own.data.files.key === key) return null
  return Object.fromEntries(
    Object.entries(stored).map(([name, inner]) => [name, withoutData(inner, key)]),
  )
}

const ownSchema = z.object({ kind: z.literal('own'), files: z.object({ key: z.string() }) })

async function find(model: readonly File[]) {
  const owner = model.length === 0 ? null : await contentKey(model)
  const all = [...(await dataTable.all())].flatMap(([key, stored]) => {
    const parsed = schema.safeParse(stored)
    if (!parsed.success) return []
    const models = ownersSchema.safeParse(stored).data?.models ?? []
    const isOfModel = owner !== null && models.includes(owner)
    return { key, data: parsed.data, changed: changedAt(stored), isOfModel }
  })
  const [best = null] = all.toSorted(
    (a, b) => Number(b.isOfModel) - Number(a.isOfModel) || b.changed - a.changed,
  )
  return best
}
