import { del, delMany, get, getMany, keys, set } from 'idb-keyval'
import { NotKept } from './not-kept'

/** So long the page waits for a database that does not open. */
const PATIENCE_MS = 3000
let database: 'unknown' | 'open' | 'silent' = 'unknown'

/**
 * Asks the browser's database; one that is forbidden or does not answer holds nobody up.
 * @throws NotKept where there is none, or none that answers; whatever else the browser throws
 */
export async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  demandDatabase()
  if (database === 'open') return ask()
  if (database === 'silent') throw silence()
  const answer = ask()
  answer.then(
    () => (database = 'open'),
    () => undefined,
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      database = 'silent'
      reject(silence())
    }, PATIENCE_MS)
  })
  return Promise.race([answer, patience]).finally(() => {
    clearTimeout(timer)
  })
}

/** @throws NotKept where the browser has no database at all */
export function demandDatabase(): void {
  // Not in every context, whatever the type says.
  if ((globalThis.indexedDB as IDBFactory | undefined) === undefined)
    throw new NotKept({ kind: 'forbidden' })
}

function silence(): NotKept {
  return new NotKept({ kind: 'failed', reason: 'the browser’s storage does not answer' })
}

/** Entries of one kind in the browser's database. What comes back is untrusted. */
export interface KeptTable {
  readonly keyOf: (id: string) => string
  readonly ids: () => Promise<readonly string[]>
  readonly all: () => Promise<ReadonlyMap<string, unknown>>
  readonly get: (id: string) => Promise<unknown>
  readonly set: (id: string, value: unknown) => Promise<void>
  readonly drop: (ids: readonly string[]) => Promise<void>
  readonly remove: (id: string) => Promise<void>
}

function keptTable(kind: string): KeptTable {
  const prefix = `compression-studio.${kind}/`
  const keyOf = (id: string): string => prefix + id
  const ids = async (): Promise<readonly string[]> => {
    const all = await asked(() => keys())
    return all.flatMap((key) =>
      typeof key === 'string' && key.startsWith(prefix) ? key.slice(prefix.length) : [],
    )
  }
  return {
    keyOf,
    ids,
    all: async () => {
      const found = await ids()
      const values = await asked(() => getMany<unknown>(found.map(keyOf)))
      return new Map(found.map((id, at) => [id, values[at]]))
    },
    get: (id) => asked(() => get<unknown>(keyOf(id))),
    set: (id, value) => asked(() => set(keyOf(id), value)),
    drop: async (gone) => {
      if (gone.length > 0) await asked(() => delMany(gone.map(keyOf)))
    },
    remove: (id) => asked(() => del(keyOf(id))),
  }
}

/** Files by what they hold, once, however many name them. */
export const filesTable = keptTable('files')
/** What layers bear. */
export const sensitivityTables = keptTable('sensitivity')
/** What tabs have open, or had. */
export const sessionsTable = keptTable('sessions')
/** Weights of runs, by their own id. */
export const trainedTable = keptTable('trained')
/** People's own data, where they asked for it. */
export const dataTable = keptTable('data')
/** Runs that have not ended, and where they stand. */
export const runsTable = keptTable('runs')
export const checkpointsTable = keptTable('checkpoints')
