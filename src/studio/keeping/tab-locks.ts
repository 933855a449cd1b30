/** What tabs tell each other by locks, which end with their tab however it ends. */

const SESSION = 'compression-studio.session.'
const WRITING = 'compression-studio.keeping'

/** Not in every context, whatever the type says: there is one tab then, as far as anybody knows. */
function manager(): LockManager | undefined {
  return navigator.locks
}

/** One tab at a time: what is written, and what is thrown away because nothing names it. */
export function whileWriting<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = manager()
  return locks === undefined ? work() : locks.request(WRITING, work)
}

/** Names that are held by tabs that live. */
export async function heldNames(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await manager()?.query()) ?? {}
  return new Set(held.flatMap(({ name }) => name ?? []))
}

/** Sessions that are open in tabs, this one included. */
export async function heldSessions(): Promise<ReadonlySet<string>> {
  const names = [...(await heldNames())].filter((name) => name.startsWith(SESSION))
  return new Set(names.map((name) => name.slice(SESSION.length)))
}

let release: (() => void) | null = null
let holding: string | null = null

/**
 * Makes a session this tab's own, in place of the one before.
 * @returns false where another tab has it: a tab that was duplicated brings the mark of its twin
 */
export async function holdSession(id: string): Promise<boolean> {
  if (holding === id) return true
  letSessionGo()
  const locks = manager()
  if (locks === undefined) return true
  return new Promise((resolve, reject) => {
    locks
      .request(SESSION + id, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        if (lock === null) return undefined
        holding = id
        return new Promise<void>((free) => {
          release = free
        })
      })
      .catch(reject)
  })
}

/** Nothing is open in this tab any more. */
export function letSessionGo(): void {
  release?.()
  release = null
  holding = null
}

const SEARCH = 'compression-studio.search.'

/** That a search runs in this tab. @returns what ends it; the end of the tab does too */
export function holdSearch(runner: string): Promise<() => void> {
  return holdUntilLetGo(SEARCH + runner)
}

export async function isSearchHeld(runner: string): Promise<boolean> {
  return (await heldNames()).has(SEARCH + runner)
}

/** Waits until no tab holds it any more. */
export async function whenSearchIsOver(runner: string): Promise<void> {
  await manager()?.request(SEARCH + runner, () => undefined)
}

/** Names a session; in any context. */
export function newSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Holds a lock beside others who do. @returns what lets it go; the end of the tab does too */
export async function holdUntilLetGo(name: string): Promise<() => void> {
  const locks = manager()
  if (locks === undefined) return () => undefined
  return new Promise((resolve, reject) => {
    locks
      .request(
        name,
        { mode: 'shared' },
        () =>
          new Promise<void>((letGo) => {
            resolve(letGo)
          }),
      )
      .catch(reject)
  })
}
