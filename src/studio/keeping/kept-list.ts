import type { Recipe } from '../../techniques/recipe'
import { fileRefSchema } from './kept-bundle'
import { forgetHistory, storedHistory } from './kept-history'
import { trainedNamedIn } from './kept-names'
import { keptWholeSchema, safely } from './kept-place'
import { dropUnnamedFiles } from './kept-room'
import { openKey, parseSession } from './kept-session'
import type { StoredSession } from './kept-session'
import { dataTable, filesTable, sessionsTable } from './kept-table'
import { forgetRunsOf } from './kept-run'
import { forgetSensitivities } from './kept-sensitivity'
import { forgetTrained } from './kept-trained'
import { ownersSchema } from './kept-data'
import { likelySpace, notedSpace, noteSpace } from './list-space'
import { heldSessions, whileWriting } from './tab-locks'

/** So many are offered. */
const MOST_LISTED = 5

/** A model that a person may go on with. */
export interface ListedSession {
  readonly id: string
  readonly name: string
  /** Of the files of the model that was open. */
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly changed: number
  readonly recipe: Recipe
  /** Filters were removed. */
  readonly isCut: boolean
  /** Some tab has it open, under this entry or another of the same model. */
  readonly isOpen: boolean
}

/** The last few models, newest first, each once; what nobody can open is not among them. */
export async function listSessions(): Promise<readonly ListedSession[]> {
  try {
    const [all, files, held] = await Promise.all([
      sessionsTable.all(),
      filesTable.ids(),
      heldSessions(),
    ])
    const there = new Set(files)
    const listed = [...all]
      .flatMap(([id, stored]) => {
        const kept = parseSession(stored)
        return kept === null ? [] : (entryOf(id, kept, there, held.has(id)) ?? [])
      })
      .toSorted((a, b) => b.changed - a.changed)
    const first = new Map(listed.toReversed().map((entry) => [entry.content, entry]))
    const open = new Set(listed.flatMap(({ content, isOpen }) => (isOpen ? content : [])))
    return listed
      .filter((entry) => first.get(entry.content) === entry)
      .slice(0, MOST_LISTED)
      .map((entry) => ({ ...entry, isOpen: open.has(entry.content) }))
  } catch {
    // Storage may be forbidden: then nothing was kept.
    return []
  }
}

let last: string | null = null

/** Notes for the next first screen how long the list has become, once for each session that was kept. */
export async function leaveRoom(
  id: string,
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): Promise<void> {
  if (last === id) return
  last = id
  const { length } = await listSessions()
  if (length !== notedSpace(storage).entries) noteSpace(storage, likelySpace(length, innerWidth))
}

function entryOf(
  id: string,
  { bytes, changed, open }: StoredSession,
  there: ReadonlySet<string>,
  isOpen: boolean,
): (ListedSession & { readonly content: string }) | null {
  const place = safely(() => keptWholeSchema.parse((open as { readonly place: unknown }).place))
  if (place === null) return null
  const ref = fileRefSchema.parse(place.files)
  if ('key' in ref && !there.has(ref.key)) return null
  const { name, origin, recipe } = place
  const content = JSON.stringify(ref)
  return { id, name, bytes, changed, recipe, isCut: origin !== null, isOpen, content }
}

/** Tabs are told what is to be forgotten, so that none writes it again. */
const CHANNEL = 'compression-studio.forget'

/**
 * Removes a model with all that was tried on it, and the data that was kept with it alone; entries of the same
 * model too. What other models name stays.
 * @throws DOMException where the browser forbids storage
 */
export function forgetSession(id: string): Promise<void> {
  return forget(async () => {
    const all = await sessionsTable.all()
    const own = openKey(parseSession(all.get(id))?.open)
    return [...all].flatMap(([other, stored]) =>
      other === id || (own !== null && openKey(parseSession(stored)?.open) === own) ? other : [],
    )
  })
}

/** The same for all models. @throws DOMException where the browser forbids storage */
export function forgetSessions(): Promise<void> {
  return forget(() => sessionsTable.ids())
}

async function forget(choose: () => Promise<readonly string[]>): Promise<void> {
  const gone = await whileWriting(async () => {
    const chosen = await choose()
    const before = await sessionsTable.all()
    await sessionsTable.drop(chosen)
    const left = new Set(
      [...before].flatMap(([id, stored]) =>
        chosen.includes(id) ? [] : (parseSession(stored)?.modelKeys ?? []),
      ),
    )
    const models = chosen
      .flatMap((id) => parseSession(before.get(id))?.modelKeys ?? [])
      .filter((key) => !left.has(key))
    const gone = chosen.map((id) => before.get(id))
    const histories = await Promise.all([...new Set(models)].map(storedHistory))
    for (const key of new Set(models)) await forgetHistory(key)
    await forgetDataOf(new Set(models))
    await forgetSensitivities(new Set(models))
    await forgetRunsOf(new Set(gone.flatMap((stored) => openKey(parseSession(stored)?.open) ?? [])))
    await dropUnnamedFiles()
    await forgetTrained(trainedNamedIn(gone, histories))
    return chosen
  })
  channel()?.postMessage(gone)
}

async function forgetDataOf(models: ReadonlySet<string>): Promise<void> {
  for (const [key, stored] of await dataTable.all()) {
    const owners = ownersSchema.safeParse(stored)
    if (!owners.success || owners.data.models.length === 0) continue
    const left = owners.data.models.filter((model) => !models.has(model))
    if (left.length === 0) await dataTable.remove(key)
    else if (left.length < owners.data.models.length)
      await dataTable.set(key, { ...owners.data, models: left })
  }
}

/** Tells when sessions are forgotten, in this tab or another. */
export function onForgotten(tell: (ids: readonly string[]) => void): void {
  channel()?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (Array.isArray(data)) tell(data.filter((id) => typeof id === 'string'))
  })
}

let opened: BroadcastChannel | null = null

function channel(): BroadcastChannel | null {
  if (!('BroadcastChannel' in globalThis)) return null
  opened ??= new BroadcastChannel(CHANNEL)
  return opened
}
