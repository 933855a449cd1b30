import { createStore, del, get, keys, set, update, values } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import { z } from 'zod'
import { demandDatabase } from './kept-table'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { parseRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { Candidate } from '../store/candidates-slice'
import type { Snapshot } from '../store/history-slice'
import type { SmallRun } from '../store/make-small-slice'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
import { apart, parseCandidate } from './kept-candidates'
import { count, measureSchema } from './kept-measure'

/** What is remembered of one model on one data set. */
export interface TriedOnData {
  readonly tried: readonly TriedPoint[]
  readonly testLooks: number
  /** A search for the smallest file that did not end; its points are among those that were tried. */
  readonly search?: KeptSearch | undefined
}

/** What a search needs to go on: as it is deterministic, its goal and the points that are known. */
export interface KeptSearch extends Pick<SmallRun, 'goal' | 'base' | 'done' | 'total' | 'trained'> {
  /** The best so far. */
  readonly best: Recipe | null
  /** What the tab in which it runs holds a lock by; absent once it was cut short. */
  readonly runner?: string | undefined
}

/** What is remembered of one model. */
export interface ModelHistory {
  readonly snapshots: readonly Snapshot[]
  /** Pinned, on whatever data. */
  readonly candidates: readonly Candidate[]
  /** By the key of the data. */
  readonly onData: Readonly<Record<string, TriedOnData>>
}

export interface RecalledHistory extends ModelHistory {
  /** Points that are gone, because another version of the arithmetic computed them. */
  readonly leftOut: number
  /** Points, names and counts of looks that nobody can read: damaged, or in another form. */
  readonly unreadable: number
}

/** Points of so many settings are kept for each model and data. */
const MOST_POINTS = 2000
const MOST_MODELS = 30

const noHistory: RecalledHistory = {
  ...{ snapshots: [], candidates: [], onData: {} },
  ...{ leftOut: 0, unreadable: 0 },
}

const pointSchema = z.object({
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
  size: z.object({ zipped: count, reportBytes: count }),
  measure: measureSchema,
})
const recipeSchema = z.unknown().transform((recipe) => parseRecipe(recipe))
const searchSchema = z.object({
  goal: z.object({ kind: z.enum(['loss', 'bytes']), most: z.number().nonnegative() }),
  base: recipeSchema,
  best: z.union([z.null(), recipeSchema]),
  done: count,
  total: count,
  // Earlier studios did not say.
  trained: count.default(0),
  runner: z.string().max(64).optional(),
})
const snapshotSchema = z.object({
  name: z.string(),
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
})

/** What is kept of a model, entry by entry: one that is damaged takes no other with it. */
interface KeptEntries {
  readonly changed: number
  readonly snapshots: readonly unknown[]
  readonly candidates: readonly unknown[]
  readonly onData: readonly (readonly [string, EntriesOnData])[]
  readonly unreadable: number
}

interface EntriesOnData {
  readonly tried: readonly unknown[]
  readonly testLooks: number
  readonly search: unknown
}

const objectSchema = z.record(z.string(), z.unknown())
const listSchema = z.array(z.unknown())

/** @param stored whatever the browser holds; undefined: nothing */
function entriesOf(stored: unknown): KeptEntries {
  let unreadable = 0
  const read = <Output>(schema: z.ZodType<Output>, value: unknown, otherwise: Output): Output => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    if (value !== undefined) unreadable++
    return otherwise
  }
  const whole = read(objectSchema, stored, {})
  const snapshots = read(listSchema, whole['snapshots'], [])
  const candidates = read(listSchema, whole['candidates'], [])
  const onData = Object.entries(read(objectSchema, whole['onData'], {})).map(([key, value]) => {
    const own = read(objectSchema, value, {})
    const tried = read(listSchema, own['tried'], [])
    const { search } = own
    return [key, { tried, testLooks: read(count, own['testLooks'], 0), search }] as const
  })
  // When it changed decides only what goes first, so nobody misses it.
  const changed = z.number().catch(0).parse(whole['changed'])
  return { changed, snapshots, candidates, onData, unreadable }
}

let opened: UseStore | null = null

/** A database of its own, so that its entries can be listed. */
function database(): UseStore {
  demandDatabase()
  opened ??= createStore('compression-studio-history', 'models')
  return opened
}

/**
 * What earlier visits found out about a model; nothing where there is none. Points of another arithmetic are
 * deleted; names of settings, what is pinned and the count of looks at the test split hold under any.
 */
export async function loadHistory(modelKey: string): Promise<RecalledHistory> {
  try {
    const leftOut = await forgetOtherPoints(modelKey)
    const entries = entriesOf(await get<unknown>(modelKey, database()))
    const snapshots = valid(snapshotSchema, entries.snapshots)
    const candidates = apart(valid({ parse: parseCandidate }, entries.candidates))
    let unreadable =
      entries.unreadable +
      (entries.snapshots.length - snapshots.length) +
      (entries.candidates.length - candidates.length)
    const onData = entries.onData.map(([key, { search: kept, testLooks, tried }]) => {
      const points = valid(pointSchema, tried).map((point) => ({
        ...point,
        key: effectKey(point.recipe),
      }))
      unreadable += tried.length - points.length
      const searches = kept === undefined ? [] : valid(searchSchema, [kept])
      if (kept !== undefined && searches.length === 0) unreadable++
      const [search] = searches
      return [key, { testLooks, tried: points, ...(search && { search }) }] as const
    })
    return { leftOut, unreadable, snapshots, candidates, onData: Object.fromEntries(onData) }
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
      const whole = objectSchema.safeParse(now)
      // What nobody can read is overwritten by the next point.
      if (!whole.success || isOfThisArithmetic(now)) return now
      const own: Record<string, unknown> = { ...whole.data, arithmetic: ARITHMETIC_VERSION }
      const onData = objectSchema.safeParse(own['onData'])
      if (!onData.success) return own
      const bare = Object.entries(onData.data).map(([key, value]) => {
        const found = objectSchema.safeParse(value)
        const tried = listSchema.safeParse(found.data?.['tried'])
        if (!tried.success) return [key, value] as const
        leftOut += tried.data.length
        const { search: _, ...rest } = found.data ?? {}
        return [key, { ...rest, tried: [] }] as const
      })
      return { ...own, onData: Object.fromEntries(bare) }
    },
    database(),
  )
  return leftOut
}

/** Those that are damaged, or that an older studio left in another form, are left out. */
function valid<Output>(
  schema: { readonly parse: (entry: unknown) => Output },
  entries: readonly unknown[],
): Output[] {
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
  const { candidates, onData, snapshots } = history
  await set(
    modelKey,
    {
      arithmetic: ARITHMETIC_VERSION,
      changed: Date.now(),
      snapshots,
      candidates,
      onData: Object.fromEntries(
        Object.entries(onData).map(([key, { search, testLooks, tried }]) => [
          key,
          {
            testLooks,
            ...(search && { search }),
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

/** As the browser holds it, to look for names of weights. */
export function storedHistory(modelKey: string): Promise<unknown> {
  return get<unknown>(modelKey, database())
}

/** The same of all models. */
export function storedHistories(): Promise<readonly unknown[]> {
  return values<unknown>(database())
}

/** @throws DOMException where the browser forbids storage */
export function forgetHistory(modelKey: string): Promise<void> {
  return del(modelKey, database())
}

async function forgetOldest(): Promise<void> {
  const all = await keys<string>(database())
  if (all.length <= MOST_MODELS) return
  const dated = await Promise.all(
    all.map(async (key) => ({
      key,
      changed: entriesOf(await get<unknown>(key, database())).changed,
    })),
  )
  dated.sort((a, b) => b.changed - a.changed)
  for (const { key } of dated.slice(MOST_MODELS)) await del(key, database())
}
