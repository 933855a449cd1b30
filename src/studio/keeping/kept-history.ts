import { outputMeanings } from '../../core/output-meaning'
import { createStore, del, get, keys, set, update } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import { z } from 'zod'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import type { MeasureEvent } from '../../protocol/measure-messages'
import { parseRecipe } from '../../techniques/recipe'
import type { Snapshot } from '../store/history-slice'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'

/** What is remembered of one model on one data set. */
export interface TriedOnData {
  readonly tried: readonly TriedPoint[]
  readonly testLooks: number
}

/** What is remembered of one model. */
export interface ModelHistory {
  readonly snapshots: readonly Snapshot[]
  /** By the key of the data. */
  readonly onData: Readonly<Record<string, TriedOnData>>
}

export interface RecalledHistory extends ModelHistory {
  /** Points that are gone, because another version of the arithmetic computed them. */
  readonly leftOut: number
}

/** Points of so many settings are kept for each model and data. */
const MOST_POINTS = 2000
const MOST_MODELS = 30

const noHistory: RecalledHistory = { snapshots: [], onData: {}, leftOut: 0 }

const count = z.int().nonnegative()
const split = z.enum(['train', 'calibration', 'validation', 'test'])
const measureSchema: z.ZodType<MeasureEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('accuracy'),
    split,
    dataset: z.string(),
    correct: count,
    measured: count,
    total: count,
    originalCorrect: count,
    paired: z.object({ onlyOriginal: count, onlyCompressed: count }),
    topFive: z.object({ correct: count, originalCorrect: count }).nullable(),
    confusion: z.array(count).nullable(),
  }),
  z.object({
    type: z.literal('scores'),
    task: z.enum(['multiLabel', 'regression']),
    split,
    dataset: z.string(),
    measured: count,
    total: count,
    scores: z.array(
      z.object({
        id: z.enum(['labelAccuracy', 'microF1', 'exactMatch', 'mae', 'r2']),
        value: z.number().nullable(),
        original: z.number().nullable(),
      }),
    ),
  }),
  z.object({
    type: z.literal('agreement'),
    against: z.enum(['original', 'teacher']),
    data: z.object({ dataset: z.string(), split }).nullable(),
    measured: count,
    total: count,
    agreement: z.number().nullable(),
    relativeError: z.number(),
    klDivergence: z.number().nullable(),
    meaning: z.enum(outputMeanings),
    cosine: z.number().nullable(),
    r2: z.number().nullable(),
    classesReached: count,
    classes: count,
    informative: z.boolean(),
  }),
])

const pointSchema = z.object({
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
  size: z.object({ zipped: count, reportBytes: count }),
  measure: measureSchema,
})
const snapshotSchema = z.object({
  name: z.string(),
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
})
const historySchema = z.object({
  changed: z.number(),
  snapshots: z.array(z.unknown()),
  onData: z.record(z.string(), z.object({ tried: z.array(z.unknown()), testLooks: count })),
})

let opened: UseStore | null = null

/** A database of its own, so that its entries can be listed. */
function database(): UseStore {
  opened ??= createStore('compression-studio-history', 'models')
  return opened
}

/**
 * What earlier visits found out about a model; nothing where there is none. Points of another arithmetic are
 * deleted; names of settings and the count of looks at the test split hold under any.
 */
export async function loadHistory(modelKey: string): Promise<RecalledHistory> {
  try {
    const leftOut = await forgetOtherPoints(modelKey)
    const parsed = historySchema.safeParse(await get(modelKey, database()))
    if (!parsed.success) return noHistory
    const { onData, snapshots } = parsed.data
    return {
      leftOut,
      snapshots: valid(snapshotSchema, snapshots),
      onData: Object.fromEntries(
        Object.entries(onData).map(([key, { testLooks, tried }]) => [
          key,
          {
            testLooks,
            tried: valid(pointSchema, tried).map((point) => ({
              ...point,
              key: effectKey(point.recipe),
            })),
          },
        ]),
      ),
    }
  } catch {
    // Storage may be forbidden: then nothing was kept.
    return noHistory
  }
}

/** @returns how many there were */
async function forgetOtherPoints(modelKey: string): Promise<number> {
  const stored = await get<unknown>(modelKey, database())
  if (stored === undefined || isOfThisArithmetic(stored)) return 0
  let leftOut = 0
  // In one transaction: another tab may be at it.
  await update<unknown>(
    modelKey,
    (now) => {
      const parsed = historySchema.safeParse(now)
      // What nobody can read is overwritten by the next point.
      if (!parsed.success || isOfThisArithmetic(now)) return now
      const onData = Object.entries(parsed.data.onData)
      leftOut = onData.reduce((sum, [, { tried }]) => sum + tried.length, 0)
      const bare = onData.map(([key, { testLooks }]) => [key, { testLooks, tried: [] }] as const)
      return { ...parsed.data, arithmetic: ARITHMETIC_VERSION, onData: Object.fromEntries(bare) }
    },
    database(),
  )
  return leftOut
}

/** Those that an older studio left in another form are left out. */
function valid<Output>(schema: z.ZodType<Output>, entries: readonly unknown[]): Output[] {
  return entries.flatMap((entry) => {
    try {
      return [schema.parse(entry)]
    } catch {
      return []
    }
  })
}

/** @throws DOMException where the browser has no room or forbids storage */
export async function saveHistory(modelKey: string, history: ModelHistory): Promise<void> {
  const { onData, snapshots } = history
  await set(
    modelKey,
    {
      arithmetic: ARITHMETIC_VERSION,
      changed: Date.now(),
      snapshots,
      onData: Object.fromEntries(
        Object.entries(onData).map(([key, { testLooks, tried }]) => [
          key,
          {
            testLooks,
            tried: tried.slice(-MOST_POINTS).map(({ measure, recipe, size }) => ({
              recipe,
              size,
              // A table for each point would be most of the bytes, and is measured again when it is looked at.
              measure: measure.type === 'accuracy' ? { ...measure, confusion: null } : measure,
            })),
          },
        ]),
      ),
    },
    database(),
  )
  await forgetOldest()
}

/** @throws DOMException where the browser forbids storage */
export function forgetHistory(modelKey: string): Promise<void> {
  return del(modelKey, database())
}

async function forgetOldest(): Promise<void> {
  const all = await keys<string>(database())
  if (all.length <= MOST_MODELS) return
  const dated = await Promise.all(
    all.map(async (key) => {
      const parsed = historySchema.safeParse(await get(key, database()))
      return { key, changed: parsed.success ? parsed.data.changed : 0 }
    }),
  )
  dated.sort((a, b) => b.changed - a.changed)
  for (const { key } of dated.slice(MOST_MODELS)) await del(key, database())
}
