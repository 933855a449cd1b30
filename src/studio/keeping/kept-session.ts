import { z } from 'zod'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { parseWantedSettings } from '../../training/training-settings'
import { defaultTrainingSettings } from '../../training/training-settings'
import { fileFinder } from './kept-bundle'
import type { LoadSample } from './kept-bundle'
import { readPath, writePath } from './kept-case'
import { readLesson } from './kept-lesson'
import { filesNamedIn } from './kept-names'
import { PlaceReader, PlaceWriter, safely } from './kept-place'
import { dropSurplus, dropUnnamedFiles, writeWithFiles } from './kept-room'
import { dataTable, sessionsTable } from './kept-table'
import { whyNotKept } from './not-kept'
import type { WhyNotKept } from './not-kept'
import type { KeptPath, OpenSession } from './open-place'
import { leftOutParts } from '../store/history-slice'
import type { LeftOutPart } from '../store/history-slice'
import { heldSessions, whileWriting } from './tab-locks'

const sessionSchema = z.object({
  version: z.literal(2),
  /** Milliseconds since 1970. */
  changed: z.number(),
  /** Names the state of the open model, so that a tab's own settings are those of this one. */
  mark: z.string(),
  /** Bytes of the open model's files. */
  bytes: z.number().nonnegative(),
  /** Keys of the models in it, samples too. */
  modelKeys: z.array(z.string()),
  open: z.unknown(),
  teacher: z.unknown(),
  // An older studio did not ask.
  teacherInputs: z.array(z.string()).nullable().catch(null),
  training: z.unknown(),
  paths: z.array(z.unknown()),
  // An older studio had none.
  lesson: z.unknown().optional(),
  /** What there was no room for when it was written. */
  left: z.array(z.enum(leftOutParts)),
})
export type StoredSession = z.infer<typeof sessionSchema>

/** What could be kept of a session. */
export interface KeptOf {
  readonly left: readonly LeftOutPart[]
  /** null: everything was. */
  readonly why: WhyNotKept | null
}

export interface FoundSession {
  readonly session: OpenSession
  readonly mark: string
  readonly lost: readonly LeftOutPart[]
}

export function parseSession(stored: unknown): StoredSession | null {
  const parsed = sessionSchema.safeParse(stored)
  return parsed.success ? parsed.data : null
}

/**
 * A session as it is written, with the files that it names.
 * @param wantsData whether own data is written too, by what it holds
 * @throws NotKept outside https
 */
export async function writtenSession(
  { lesson, paths, place, teacher, training }: OpenSession,
  mark: string,
  wantsData: (key: string) => boolean,
  left: readonly LeftOutPart[] = [],
): Promise<{ stored: StoredSession & { arithmetic: number }; writer: PlaceWriter }> {
  const staged = paths.flatMap(({ places }) => places.flatMap((one) => one ?? []))
  const writer = new PlaceWriter([place, ...staged], wantsData)
  const open = await writer.place(place)
  const modelKeys = [...writer.modelKeys]
  const bytes = place.files.reduce((sum, { size }) => sum + size, 0)
  const written: unknown[] = []
  for (const path of paths) written.push(await writePath(path, writer))
  const stored = {
    version: 2 as const,
    arithmetic: ARITHMETIC_VERSION,
    ...{ changed: Date.now(), mark, bytes, modelKeys, open, training, lesson },
    teacher: teacher === null ? null : await writer.refOf(teacher.files),
    teacherInputs: teacher?.inputs == null ? null : [...teacher.inputs],
    paths: written,
    left: [...left],
  }
  return { stored, writer }
}

/**
 * Keeps what a tab has open. Where there is no room for all of it, the model alone, with what it is compared with.
 * @throws NotKept where nothing could be kept
 */
export async function keepSession(id: string, mark: string, session: OpenSession): Promise<KeptOf> {
  const kept = new Set(await dataTable.ids().catch(() => []))
  const wantsData = (key: string): boolean => kept.has(key)
  const all = await writtenSession(session, mark, wantsData)
  return whileWriting(async () => {
    try {
      await put(id, all)
      return { left: [], why: null }
    } catch (thrown) {
      const { paths, place, teacher } = session
      const left: readonly LeftOutPart[] = [
        ...(place.wholes.length > 0 ? (['cuts'] as const) : []),
        ...(teacher !== null ? (['teacher'] as const) : []),
        ...(paths.length > 0 ? (['stages'] as const) : []),
      ]
      if (left.length === 0) throw thrown
      const bare = { ...session, place: { ...place, wholes: [] }, teacher: null, paths: [] }
      await put(id, await writtenSession(bare, mark, wantsData, left))
      return { left, why: await whyNotKept(thrown, all.writer.bytes) }
    }
  })
}

async function put(
  id: string,
  { stored, writer }: Awaited<ReturnType<typeof writtenSession>>,
): Promise<void> {
  const before = parseSession(await sessionsTable.get(id))
  await writeWithFiles([[sessionsTable.keyOf(id), stored]], writer.bundles, id)
  if (before !== null && isSameNames(filesNamedIn(before), filesNamedIn(stored))) return
  await dropSuperseded(id, stored)
  await dropSurplus(id)
  await dropUnnamedFiles()
}

function isSameNames(before: ReadonlySet<string>, now: ReadonlySet<string>): boolean {
  return before.size === now.size && [...before].every((name) => now.has(name))
}

/** The same model, left earlier in a tab that is gone: the list has one entry for it. */
async function dropSuperseded(id: string, { open }: StoredSession): Promise<void> {
  const held = await heldSessions()
  const own = openKey(open)
  const others = [...(await sessionsTable.all())].flatMap(([other, stored]) =>
    other !== id && !held.has(other) && openKey(parseSession(stored)?.open) === own ? other : [],
  )
  await sessionsTable.drop(others)
}

const openSchema = z.object({ place: z.object({ files: z.unknown() }) })

/** Tells open models apart, by what they hold. */
export function openKey(open: unknown): string | null {
  const parsed = openSchema.safeParse(open)
  return parsed.success ? JSON.stringify(parsed.data.place.files) : null
}

/**
 * @returns null where there is nothing, or nothing that can be opened
 * @throws StudioError where files of a sample do not come: they may come later
 */
export async function readSession(
  stored: unknown,
  loadSample: LoadSample,
): Promise<FoundSession | null> {
  const kept = parseSession(stored)
  if (kept === null) return null
  const reader = new PlaceReader(fileFinder(loadSample))
  const place = await reader.place(kept.open)
  if (place === null) return null
  for (const part of kept.left) reader.lost.add(part)
  const files = kept.teacher === null ? null : await reader.files(kept.teacher)
  if (kept.teacher !== null && files === null) reader.lost.add('teacher')
  const teacher = files === null ? null : { files, inputs: kept.teacherInputs }
  const training = safely(() => parseWantedSettings(kept.training)) ?? defaultTrainingSettings
  const paths: KeptPath[] = []
  // Figures of another arithmetic stand beside none of this one.
  if (isOfThisArithmetic(stored))
    for (const one of kept.paths) {
      const path = await readPath(one, reader)
      if (path !== null && paths.every(({ path: { id } }) => id !== path.path.id)) paths.push(path)
    }
  else if (kept.paths.length > 0) reader.lost.add('stages')
  const lesson = readLesson(kept.lesson, isOfThisArithmetic(stored))
  const session = { place, teacher, training, paths, lesson }
  return { session, mark: kept.mark, lost: [...reader.lost] }
}

/** What a tab had open; null where it is gone. @throws StudioError where files of a sample do not come */
export async function loadSession(
  id: string,
  loadSample: LoadSample,
): Promise<FoundSession | null> {
  // Storage may be forbidden: then nothing was kept.
  const stored = await sessionsTable.get(id).catch(() => undefined)
  return readSession(stored, loadSample)
}
