import { del, get, getMany, set, update } from 'idb-keyval'
import { z } from 'zod'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { dataSettingsSchema } from '../../data/data-settings'
import type { TrainedWeights } from '../../protocol/training-messages'
import { parseRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { parseTrainingRecord } from '../../training/training-record'
import { parseTrainingSettings } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import type { OutputMeaning } from '../../core/output-meaning'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { AttachedData } from './attached-data'
import { keptChoices, withChoices } from './kept-choices'
import { keptFilesSchema, asKept } from './kept-files'
import { asKeptOrigin, keptStandingSchema } from './kept-origin'

const GROUND = 'compression-studio.run'
const CHECKPOINT = 'compression-studio.run.checkpoint'
const TRAINED = 'compression-studio.trained'
/** Held by the page that trains, so that another one does not offer to take its run up. */
const LOCK = 'compression-studio.run'
/** Weights of so many runs are kept for settings that name them. */
const MOST_TRAINED = 3

/** What a run needs to begin: stored once. */
export interface RunGround {
  readonly modelName: string
  readonly sampleId: string | null
  readonly files: readonly File[]
  readonly data: AttachedData
  /** What the model was cut from, which the run is compared with. */
  readonly origin: CutOrigin | null
  readonly meaning: OutputMeaning | null
  readonly outputNames: readonly string[] | null
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** The weights that the recipe names. */
  readonly trained: TrainedWeights | null
  /** The model that it learns from, where that is not the original. */
  readonly teacher: readonly File[] | null
}

/** Where it stands: stored after each epoch. */
export interface RunCheckpoint {
  readonly epoch: number
  readonly file: Blob
}

export interface KeptRun extends RunGround {
  readonly checkpoint: RunCheckpoint
}

const trainedSchema = z.object({
  /** SHA-256; weights that an older studio named otherwise are left behind. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  weights: z.instanceof(Blob),
  history: z.array(z.unknown()),
})

const groundSchema = z.object({
  modelName: z.string(),
  sampleId: z.string().nullable(),
  files: keptFilesSchema,
  data: z.union([
    z.object({
      kind: z.literal('builtIn'),
      datasetId: z.string(),
      settings: dataSettingsSchema.nullable(),
    }),
    z
      .object({
        kind: z.literal('own'),
        files: keptFilesSchema,
        ...keptChoices,
        settings: dataSettingsSchema.nullable(),
      })
      .transform(withChoices),
  ]),
  ...keptStandingSchema,
  recipe: z.unknown(),
  settings: z.unknown(),
  trained: trainedSchema.nullable(),
  teacher: keptFilesSchema.nullable(),
})

const checkpointSchema = z.object({ epoch: z.int().nonnegative(), file: z.instanceof(Blob) })

/** @throws DOMException where the browser has no room or forbids storage */
export async function keepRunGround(ground: RunGround): Promise<void> {
  const { files, data, origin, teacher } = ground
  await del(CHECKPOINT)
  await set(GROUND, {
    ...ground,
    arithmetic: ARITHMETIC_VERSION,
    files: asKept(files),
    origin: asKeptOrigin(origin),
    teacher: teacher === null ? null : asKept(teacher),
    data: data.kind === 'own' ? { ...data, files: asKept(data.files) } : data,
  })
}

/** @throws DOMException where the browser has no room or forbids storage */
export function keepCheckpoint(checkpoint: RunCheckpoint): Promise<void> {
  return set(CHECKPOINT, { ...checkpoint, arithmetic: ARITHMETIC_VERSION })
}

export async function forgetRun(): Promise<void> {
  await del(GROUND)
  await del(CHECKPOINT)
}

/**
 * A run that did not end; null where there is none, or another page is at it.
 * @returns 'leftOut' where another version of the arithmetic began it: going on would mix two, so it is deleted
 */
export async function loadInterruptedRun(): Promise<KeptRun | 'leftOut' | null> {
  try {
    if (await isHeld()) return null
    const [storedGround, storedCheckpoint] = await getMany<unknown>([GROUND, CHECKPOINT])
    const stored = [storedGround, storedCheckpoint].filter((part) => part !== undefined)
    if (!stored.every(isOfThisArithmetic)) {
      await forgetRun()
      // Without the end of an epoch there was nothing to go on from.
      return storedCheckpoint === undefined ? null : 'leftOut'
    }
    const checkpoint = checkpointSchema.safeParse(storedCheckpoint)
    const ground = groundSchema.safeParse(storedGround)
    if (!checkpoint.success || !ground.success) return null
    const recipe = parseRecipe(ground.data.recipe)
    const settings = parseTrainingSettings(ground.data.settings)
    const { trained } = ground.data
    return {
      ...ground.data,
      recipe,
      settings,
      trained: trained === null ? null : parseTrained(trained),
      checkpoint: checkpoint.data,
    }
  } catch {
    // Storage may be forbidden, or hold what an older studio left.
    return null
  }
}

/** A page that was just closed holds its lock until its worker has ended. */
const LOCK_PATIENCE_MS = 3000
const LOCK_LOOKS = 12

async function isHeld(): Promise<boolean> {
  for (let look = 0; look < LOCK_LOOKS; look++) {
    const { held = [] } = await navigator.locks.query()
    if (!held.some(({ name }) => name === LOCK)) return false
    await new Promise((resolve) => setTimeout(resolve, LOCK_PATIENCE_MS / LOCK_LOOKS))
  }
  return true
}

/** Holds the lock while work goes on. */
export async function whileTraining<Result>(work: () => Promise<Result>): Promise<Result> {
  return navigator.locks.request(LOCK, { mode: 'shared' }, work)
}

/**
 * Keeps trained weights over a reload, under any version of the arithmetic: they are named by their bytes, and
 * are what a file's weights are. Steps encode them anew, and figures are measured anew; where they were trained
 * with other scales they are merely trained a little otherwise, which their record says.
 * @throws DOMException
 */
export function keepTrained(trained: TrainedWeights): Promise<void> {
  return update(TRAINED, (before) => {
    const known = z.array(trainedSchema).safeParse(before)
    const others = known.success ? known.data.filter(({ id }) => id !== trained.id) : []
    return [...others, trained].slice(-MOST_TRAINED)
  })
}

/** Trained weights of an earlier visit; null where they are gone. */
export async function loadTrained(id: string): Promise<TrainedWeights | null> {
  try {
    const known = z.array(trainedSchema).safeParse(await get(TRAINED))
    const found = known.success ? known.data.find((entry) => entry.id === id) : undefined
    return found === undefined ? null : parseTrained(found)
  } catch {
    return null
  }
}

function parseTrained({ id, weights, history }: z.output<typeof trainedSchema>): TrainedWeights {
  return { id, weights, history: history.map(parseTrainingRecord) }
}
