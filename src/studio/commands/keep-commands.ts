import { whyNotKept } from '../keeping/not-kept'
import type { OpenSession } from '../keeping/open-place'
import type { NotKeptNotice } from '../store/history-slice'
import type { StudioState } from '../store/store'
import type { CommandContext, HeldSession } from './command-world'
import { reasonNotKept } from './reason-not-kept'
import { sessionNow } from './remember-session'

const SAVE_MS = 300

interface Pending {
  readonly session: HeldSession
  readonly open: OpenSession
}

/** Keeps what this tab has open, in this browser, for a reload and for the list of the last few. */
export function createKeepCommands(context: CommandContext) {
  const { held, sessions, store } = context
  let pending: Pending | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let writing = Promise.resolve()
  /** The model of which it was told that it could not be kept. */
  let told: string | null = null

  function follow(): void {
    const { session } = held
    if (store.getState().model === null || session === null) return
    if (isForgotten(session.id)) return
    if (pending !== null && pending.session.id !== session.id) flush()
    if (timer === null) void sessions.hold(session.id).catch(() => undefined)
    // What is on its way is not lost by what is there before it has come.
    if (session.isKept && isOnItsWay(store.getState())) return
    pending = { session, open: sessionNow(context) }
    timer ??= setTimeout(flush, SAVE_MS)
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const next = pending
    pending = null
    if (next !== null) writing = writing.then(() => write(next))
  }

  function isForgotten(id: string): boolean {
    return held.forgotten === id
  }

  async function write({ open, session: { id, mark } }: Pending): Promise<void> {
    if (isForgotten(id)) return
    const isCurrent = (): boolean => held.session?.id === id
    try {
      const { left, why } = await sessions.keep(id, mark, open)
      if (isForgotten(id)) {
        await sessions.forget(id)
        return
      }
      if (held.session !== null && isCurrent()) {
        held.session = { ...held.session, isKept: true }
        store.getState().setKeeping(left.length === 0 ? 'yes' : 'part')
      }
      if (why !== null)
        tell(id, { what: 'parts', name: open.place.name, reason: reasonNotKept(why) })
      else if (told === id) forgive()
    } catch (thrown) {
      const needed = open.place.files.reduce((sum, { size }) => sum + size, 0)
      const why = await whyNotKept(thrown, needed)
      if (isCurrent()) store.getState().setKeeping('notKept')
      const what = why.kind === 'full' ? 'noRoom' : 'model'
      tell(id, { what, name: open.place.name, reason: reasonNotKept(why) })
    }
  }

  /** Once for each model. */
  function tell(id: string, notice: NotKeptNotice): void {
    if (told === id) return
    told = id
    store.getState().tellNotKept(notice)
  }

  function forgive(): void {
    told = null
    store.getState().dismissNotKept()
  }

  store.subscribe((state, before) => {
    if (state.model === null && before.model !== null) {
      // What was left is written as it was.
      flush()
      sessions.letGo()
    } else if (watched.some((field) => state[field] !== before[field])) follow()
  })
  follow()
  // The last moment that every browser grants.
  globalThis.addEventListener('pagehide', flush)
  sessions.onForgotten((ids) => {
    const id = held.session?.id
    if (id !== undefined && ids.includes(id)) {
      leave(id)
      const name = store.getState().model?.name ?? ''
      tell(id, { what: 'model', name, reason: 'it was forgotten in another tab' })
    }
  })

  function leave(id: string): void {
    held.forgotten = id
    pending = null
    if (timer !== null) clearTimeout(timer)
    timer = null
    context.remember(null)
    store.getState().setKeeping('no')
  }

  return {
    /** Removes the open model and all that was tried on it from this browser; it stays open until closed. */
    forgetSession: async (): Promise<void> => {
      const id = held.session?.id
      if (id === undefined) return
      leave(id)
      await writing
      await sessions.forget(id).catch(() => undefined)
    },
  }
}

const watched = [
  ...([
    'model',
    'recipe',
    'data',
    'outputNames',
    'originalMeasure',
    'keptName',
    'cutFrom',
  ] as const),
  ...(['teacher', 'trainingSettings', 'casePaths', 'lesson'] as const),
] satisfies (keyof StudioState)[]

function isOnItsWay({ data, teacher }: StudioState): boolean {
  return data.state === 'loading' || teacher.state === 'opening'
}
