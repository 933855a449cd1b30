import { del, delMany, get, getMany, keys, set } from 'idb-keyval'

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
    const all = await keys()
    return all.flatMap((key) =>
      typeof key === 'string' && key.startsWith(prefix) ? key.slice(prefix.length) : [],
    )
  }
  return {
    keyOf,
    ids,
    all: async () => {
      const found = await ids()
      const values = await getMany<unknown>(found.map(keyOf))
      return new Map(found.map((id, at) => [id, values[at]]))
    },
    get: (id) => get<unknown>(keyOf(id)),
    set: (id, value) => set(keyOf(id), value),
    drop: (gone) => (gone.length === 0 ? Promise.resolve() : delMany(gone.map(keyOf))),
    remove: (id) => del(keyOf(id)),
  }
}

/** Files by what they hold, once, however many name them. */
export const filesTable = keptTable('files')
/** What tabs have open, or had. */
export const sessionsTable = keptTable('sessions')
/** Weights of runs, by their own id. */
export const trainedTable = keptTable('trained')
/** People's own data, where they asked for it. */
export const dataTable = keptTable('data')
/** Runs that have not ended, and where they stand. */
export const runsTable = keptTable('runs')
export const checkpointsTable = keptTable('checkpoints')
