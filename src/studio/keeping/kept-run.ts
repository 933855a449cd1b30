import { z } from 'zod'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import type { TrainedWeights } from '../../protocol/training-messages'
import { parseRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { parseTrainingSettings } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import { contentKey } from './content-key'
import type { LoadSample } from './kept-bundle'
import { safely } from './kept-place'
import { changedAt, dropUnnamedFiles, writeWithFiles } from './kept-room'
import { openKey, parseSession, readSession, writtenSession } from './kept-session'
import type { FoundSession } from './kept-session'
import { checkpointsTable, runsTable } from './kept-table'
import { parseTrained } from './kept-trained'
import type { OpenSession } from './open-place'
import { heldNames, holdUntilLetGo, newSessionId, whileWriting } from './tab-locks'

/** Held by the page that trains, so that another one does not offer to take its run up. */
const LOCK = 'compression-studio.run.'
/** Runs that nobody took up. */
const MOST_RUNS = 3

/** What a run needs to begin: stored once, with its first checkpoint, own data too until it ends. */
export interface RunGround {
  /** Its teacher is the one that the run learns from. */
  readonly session: OpenSession
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** The weights that the recipe names. */
  readonly trained: TrainedWeights | null
}

/** Where it stands: stored after each epoch. */
export interface RunCheckpoint {
  readonly epoch: number
  readonly file: Blob
}

export interface KeptRun extends Omit<RunGround, 'session'> {
  readonly modelName: string
  readonly checkpoint: RunCheckpoint
  /** Whether a person's own data of the model in these files comes back with it. */
  readonly bringsDataOf: (files: readonly File[]) => Promise<boolean>
  /** Its model, data and teacher; null where they are gone. */
  readonly load: (loadSample: LoadSample) => Promise<FoundSession | null>
}

const groundSchema = z.object({
  session: z.unknown(),
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
  settings: z.unknown().transform((settings) => parseTrainingSettings(settings)),
  trained: z.unknown().transform((trained) => (trained === null ? null : parseTrained(trained))),
})

const checkpointSchema = z.object({ epoch: z.int().nonnegative(), file: z.instanceof(Blob) })

const ofOwnDataSchema = z.object({
  place: z.object({
    files: z.object({ key: z.string() }),
    data: z.object({ kind: z.literal('own') }),
  }),
})

/** The run of this tab, and the one that it offers to take up. */
let own: string | null = null
let offered: string | null = null
/** What the run of this tab began with, until it is written: nobody could go on with it alone. */
let unwritten: RunGround | null = null

/** Nothing of it is written before there is a checkpoint to go on from. */
export async function keepRunGround(ground: RunGround): Promise<void> {
  own ??= newSessionId()
  unwritten = ground
  // What an earlier run of this tab has left.
  await remove(own)
}

/** Writes where the run stands; the first time with what it began with. @throws NotKept */
export async function keepCheckpoint(checkpoint: RunCheckpoint): Promise<void> {
  const id = own
  if (id === null) return
  const entry = { ...checkpoint, arithmetic: ARITHMETIC_VERSION }
  const ground = unwritten
  const written = ground === null ? null : await writtenGround(ground)
  await whileWriting(async () => {
    // It may have ended meanwhile, or another one begun.
    if (own !== id) return
    const isFirst = written !== null && unwritten === ground
    if (!isFirst && (await runsTable.get(id)) === undefined) return
    // It takes the place of the one before.
    const before = checkpointSchema.safeParse(await checkpointsTable.get(id)).data?.file.size ?? 0
    const bytes = Math.max(0, checkpoint.file.size - before)
    const entries: [string, unknown][] = [[checkpointsTable.keyOf(id), entry]]
    if (isFirst) {
      await dropOldRuns()
      entries.push([runsTable.keyOf(id), written.entry])
    }
    await writeWithFiles(entries, isFirst ? written.bundles : new Map(), null, bytes)
    if (isFirst) unwritten = null
  })
}

async function writtenGround({ session, ...ground }: RunGround) {
  const { stored, writer } = await writtenSession(session, '', () => true)
  const entry = { ...ground, arithmetic: ARITHMETIC_VERSION, changed: Date.now(), session: stored }
  return { entry, bundles: writer.bundles }
}

/** The run of this tab has ended. */
export async function forgetRun(): Promise<void> {
  const id = own
  own = null
  unwritten = null
  try {
    if (id !== null) await remove(id)
  } finally {
    // Another one may have begun meanwhile.
    if (lock !== null && lock.id === id) {
      lock.letGo()
      lock = null
    }
  }
}

/** Nobody wants the run that was offered. */
export async function dismissRun(): Promise<void> {
  if (offered !== null) await remove(offered)
}

/** The run that was offered is this tab's own from now on. */
export function takeRunUp(): void {
  own = offered
  unwritten = null
}

function remove(id: string): Promise<void> {
  return whileWriting(async () => {
    await runsTable.remove(id)
    await checkpointsTable.remove(id)
    await dropUnnamedFiles()
  })
}

/** Inside `whileWriting`: runs of models, by `openKey`, that no page is at. */
export async function forgetRunsOf(models: ReadonlySet<string>): Promise<void> {
  const held = await heldNames()
  const gone = [...(await runsTable.all())].flatMap(([id, stored]) => {
    const ground = z.object({ session: z.unknown() }).safeParse(stored)
    const key = openKey(parseSession(ground.data?.session)?.open)
    const isFree = !held.has(LOCK + id) || (id === own && going === 0)
    return key !== null && models.has(key) && isFree ? id : []
  })
  await runsTable.drop(gone)
  await checkpointsTable.drop(gone)
}

/** Of those that no page is at. */
async function dropOldRuns(): Promise<void> {
  const held = await heldNames()
  const idle = [...(await runsTable.all())]
    .filter(([id]) => !held.has(LOCK + id))
    .toSorted(([, a], [, b]) => changedAt(b) - changedAt(a))
  const gone = idle.slice(MOST_RUNS).map(([id]) => id)
  await runsTable.drop(gone)
  await checkpointsTable.drop(gone)
}

/**
 * The last run that did not end; null where there is none, or other pages are at them.
 * @returns 'leftOut' where another version of the arithmetic began it: going on would mix two, so it is deleted
 */
export async function loadInterruptedRun(): Promise<KeptRun | 'leftOut' | null> {
  try {
    let leftOut = false
    for (const [id, ground] of await idleRuns()) {
      const checkpoint = await checkpointsTable.get(id)
      const parts = [ground, checkpoint].filter((part) => part !== undefined)
      if (!parts.every(isOfThisArithmetic)) {
        await remove(id)
        // Without the end of an epoch there was nothing to go on from.
        leftOut ||= checkpoint !== undefined
        continue
      }
      // Its page was closed too early, and its data is not to stay for nothing.
      if (checkpoint === undefined) await remove(id)
      const run = runOf(ground, checkpoint)
      if (run === null) continue
      offered = id
      return run
    }
    return leftOut ? 'leftOut' : null
  } catch {
    // Storage may be forbidden.
    return null
  }
}

function runOf(stored: unknown, storedCheckpoint: unknown): KeptRun | null {
  const checkpoint = checkpointSchema.safeParse(storedCheckpoint)
  const ground = safely(() => groundSchema.parse(stored))
  const session = parseSession(ground?.session)
  const name = z.object({ place: z.object({ name: z.string() }) }).safeParse(session?.open)
  if (!checkpoint.success || ground === null || !name.success) return null
  const { recipe, settings, trained } = ground
  return {
    ...{ recipe, settings, trained, checkpoint: checkpoint.data, modelName: name.data.place.name },
    bringsDataOf: async (files) => {
      const { place } = ofOwnDataSchema.safeParse(session?.open).data ?? {}
      return place !== undefined && place.files.key === (await contentKey(files))
    },
    load: (loadSample) => readSession(ground.session, loadSample),
  }
}

/** A page that was just closed holds its lock until its worker has ended. */
const LOCK_PATIENCE_MS = 3000
const LOCK_LOOKS = 12

/** Newest first. */
async function idleRuns(): Promise<readonly [string, unknown][]> {
  for (let look = 0; look < LOCK_LOOKS; look++) {
    const held = await heldNames()
    const all = [...(await runsTable.all())]
    const idle = all.filter(([id]) => !held.has(LOCK + id))
    if (idle.length > 0 || all.length === 0)
      return idle.toSorted(([, a], [, b]) => changedAt(b) - changedAt(a))
    await new Promise((resolve) => setTimeout(resolve, LOCK_PATIENCE_MS / LOCK_LOOKS))
  }
  return []
}

/** Whose lock this tab has, and what lets it go. */
let lock: { readonly id: string; readonly letGo: () => void } | null = null
/** Runs that work in this tab now. */
let going = 0

/**
 * Holds the lock while work goes on, and until the run is forgotten: one that has failed may go on here, and is
 * offered nowhere else while this tab lives.
 */
export async function whileTraining<Result>(work: () => Promise<Result>): Promise<Result> {
  own ??= newSessionId()
  if (lock?.id !== own) {
    lock?.letGo()
    lock = { id: own, letGo: await holdUntilLetGo(LOCK + own) }
  }
  going++
  try {
    return await work()
  } finally {
    going--
  }
}
