/** The one that the tables of `kept-table.ts` are in: the library's own name. */
const DATABASE = 'keyval-store'

/**
 * Whether an earlier visit may have left anything: on a first visit, what reads it need not be loaded. It makes no
 * database, as opening one would.
 * @returns true also where the browser does not say
 */
export async function isAnythingKept(): Promise<boolean> {
  try {
    const there = await indexedDB.databases()
    return there.some(({ name }) => name === DATABASE)
  } catch {
    return true
  }
}
