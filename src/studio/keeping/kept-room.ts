/** Room for what is kept, inside `whileWriting`: the oldest goes first, nothing that a living tab has open. */
import { setMany } from 'idb-keyval'
import { z } from 'zod'
import { asBundle, bytesOf, bytesOfBundle } from './kept-bundle'
import { filesNamedIn } from './kept-names'
import { dataTable, filesTable, runsTable, sessionsTable } from './kept-table'
import { NotKept, freeBytes, isFull, whyNotKept } from './not-kept'
import { heldSessions } from './tab-locks'

/** Of all files that are kept; bytes. */
export const MOST_BYTES = 2 ** 31
export const MOST_SESSIONS = 20

const datedSchema = z.object({ changed: z.number() })

/** When it was last changed; what nobody can read goes first. */
export function changedAt(stored: unknown): number {
  const parsed = datedSchema.safeParse(stored)
  return parsed.success ? parsed.data.changed : 0
}

/**
 * Writes entries, and the files that they name.
 * @param own a session that is not to go for it
 * @param bytes of the entries themselves, where they are worth counting
 * @throws NotKept where there is no room even without all that may go
 */
export async function writeWithFiles(
  entries: readonly [string, unknown][],
  bundles: ReadonlyMap<string, readonly File[]>,
  own: string | null,
  bytes = 0,
): Promise<void> {
  const there = new Set(await filesTable.ids())
  const missing = [...bundles].filter(([key]) => !there.has(key))
  const total = sum([...bundles.values()].map(bytesOf))
  const needed = bytes + sum(missing.map(([, files]) => bytesOf(files)))
  if (total > MOST_BYTES) throw new NotKept({ kind: 'tooLarge', needed: total, most: MOST_BYTES })
  const named = new Set(bundles.keys())
  try {
    await makeRoom(needed, own, named)
    const all: [string, unknown][] = [
      ...missing.map(([key, files]): [string, unknown] => [filesTable.keyOf(key), asBundle(files)]),
      ...entries,
    ]
    for (;;)
      try {
        await setMany(all)
        return
      } catch (thrown) {
        // What the browser says to have free is a guess of its own.
        if (!isFull(thrown) || (await dropOldest(own, named)) === null) throw thrown
      }
  } catch (thrown) {
    throw new NotKept(await whyNotKept(thrown, needed), { cause: thrown })
  }
}

async function makeRoom(needed: number, own: string | null, named: ReadonlySet<string>) {
  if (needed === 0) return
  let used = sum([...(await filesTable.all()).values()].map(bytesOfBundle))
  let free = await freeBytes()
  const most = await freeableBytes(own, named)
  // Nothing goes for what does not fit all the same.
  if (free !== null && free + most < needed) throw new NotKept({ kind: 'full', needed, free })
  while (used + needed > MOST_BYTES || (free !== null && free < needed)) {
    const freed = await dropOldest(own, named)
    if (freed === null) break
    used -= freed
    if (free !== null) free += freed
  }
}

/** Bytes of files that may go. */
async function freeableBytes(own: string | null, named: ReadonlySet<string>): Promise<number> {
  const held = await heldSessions()
  const stays = [...(await sessionsTable.all())].filter(([id]) => id === own || held.has(id))
  const others = [await dataTable.all(), await runsTable.all()].map((all) => [...all])
  const kept = filesNamedIn(stays, others)
  const gone = [...(await filesTable.all())].filter(([key]) => !kept.has(key) && !named.has(key))
  return sum(gone.map(([, bundle]) => bytesOfBundle(bundle)))
}

/** @returns bytes that are free then; null: there is nothing that may go */
async function dropOldest(own: string | null, named: ReadonlySet<string>): Promise<number | null> {
  const held = await heldSessions()
  const [oldest] = [...(await sessionsTable.all())]
    .filter(([id]) => id !== own && !held.has(id))
    .toSorted(([, a], [, b]) => changedAt(a) - changedAt(b))
  if (oldest === undefined) return null
  await sessionsTable.remove(oldest[0])
  return dropUnnamedFiles(named)
}

/** Of more sessions than are kept the oldest go. */
export async function dropSurplus(own: string): Promise<void> {
  const held = await heldSessions()
  const all = [...(await sessionsTable.all())]
  const idle = all
    .filter(([id]) => id !== own && !held.has(id))
    .toSorted(([, a], [, b]) => changedAt(a) - changedAt(b))
  const surplus = Math.max(0, all.length - MOST_SESSIONS)
  await sessionsTable.drop(idle.slice(0, surplus).map(([id]) => id))
}

/**
 * Throws files away that nothing names any more.
 * @param also keys that are about to be named
 * @returns their bytes
 */
export async function dropUnnamedFiles(also: ReadonlySet<string> = new Set()): Promise<number> {
  const tables = [sessionsTable, dataTable, runsTable]
  const stored = await Promise.all(tables.map(async (table) => [...(await table.all()).entries()]))
  const named = filesNamedIn(stored)
  const gone = [...(await filesTable.all())].filter(([key]) => !named.has(key) && !also.has(key))
  await filesTable.drop(gone.map(([key]) => key))
  return sum(gone.map(([, bundle]) => bytesOfBundle(bundle)))
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0)
}
