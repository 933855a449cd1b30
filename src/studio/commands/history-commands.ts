import type { CommandContext } from './command-world'
import { contentKey } from '../keeping/content-key'
import type { ModelHistory } from '../keeping/kept-history'
import { dataKey } from '../store/data-in'
import type { StudioState } from '../store/store'

const SAVE_MS = 300

/** The model and the data that the shown points belong to. */
interface Place {
  readonly files: readonly File[]
  readonly data: string
  readonly model: string
  /** As it was read, without what has been found since. */
  readonly stored: ModelHistory
}

/** null while data is on its way. */
function settledKey({ data }: StudioState): string | null {
  return data.state === 'loading' || data.state === 'failed' ? null : dataKey(data)
}

/** Remembers the open model and what was tried on it, in this browser, over reloads. */
export function createHistoryCommands(context: CommandContext) {
  const { store, held } = context
  let place: Place | null = null
  let asked: { readonly files: readonly File[]; readonly data: string } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  /** What was kept last: files are written once, however often settings change. */
  let written: { readonly files: readonly File[]; readonly datasetId: string | null } | null = null

  /** However often data changes, files are read through once. */
  const keys = new WeakMap<readonly File[], Promise<string | null>>()
  function keyOf(files: readonly File[]): Promise<string | null> {
    const key = keys.get(files) ?? contentKey(files)
    keys.set(files, key)
    return key
  }

  async function recall(files: readonly File[], data: string): Promise<void> {
    const wanted = { files, data }
    asked = wanted
    place = null
    const model = await keyOf(files)
    if (model === null || asked !== wanted) return
    const stored = await context.history.load(model)
    // At once: they are gone, whatever is open by now.
    const { leftOut: points, unreadable } = stored
    if (points + unreadable > 0) store.getState().tellLeftOut({ points, unreadable })
    if (asked !== wanted) return
    const before = stored.onData[data]
    const state = store.getState()
    if (state.snapshots.length === 0) state.setSnapshots(stored.snapshots)
    if (before !== undefined) {
      state.recallTried(before.tried)
      state.setTestLooks(Math.max(state.testLooks, before.testLooks))
    }
    place = { files, data, model, stored }
    save()
  }

  function save(): void {
    timer ??= setTimeout(() => void write(), SAVE_MS)
  }

  async function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const now = place
    if (now === null || held.forgotten === now.files) return
    const { model, snapshots, testLooks, tried } = store.getState()
    if (model === null) return
    const onData = { ...now.stored.onData, [now.data]: { tried, testLooks } }
    try {
      if (held.sampleId === null) await keepModel(model.name, now.files)
      await context.history.save(now.model, { snapshots, onData })
      if (place === now) store.getState().setKeeping('yes')
    } catch {
      if (place === now) store.getState().setKeeping('noRoom')
    }
  }

  async function keepModel(name: string, files: readonly File[]): Promise<void> {
    const datasetId = held.data?.kind === 'builtIn' ? held.data.datasetId : null
    if (written?.files === files && written.datasetId === datasetId) return
    await context.models.keep({ name, files, datasetId })
    written = { files, datasetId }
  }

  /** The model or its data are others than before. */
  function follow(state: StudioState): void {
    const { files } = held
    const data = settledKey(state)
    if (state.model === null || data === null) {
      place = null
      asked = null
    } else if (asked?.files !== files || asked.data !== data) void recall(files, data)
  }

  store.subscribe((state, before) => {
    if (state.model !== before.model || state.data !== before.data) follow(state)
    const isChanged =
      state.tried !== before.tried ||
      state.snapshots !== before.snapshots ||
      state.testLooks !== before.testLooks
    if (place !== null && isChanged) save()
  })
  follow(store.getState())
  // The last moment that every browser grants.
  globalThis.addEventListener('pagehide', () => {
    if (timer !== null) void write()
  })

  return {
    /** Gives the settings as they are a name; a name that is there already gets them. */
    saveSnapshot: (name: string): void => {
      const { recipe, setSnapshots, snapshots } = store.getState()
      const text = name.trim()
      if (text === '') return
      setSnapshots([...snapshots.filter((one) => one.name !== text), { name: text, recipe }])
    },
    removeSnapshot: (name: string): void => {
      const { setSnapshots, snapshots } = store.getState()
      setSnapshots(snapshots.filter((one) => one.name !== name))
    },
    /** Removes the open model and all that was tried on it from this browser; it stays open until closed. */
    forgetModel: async (): Promise<void> => {
      const { files } = held
      held.forgotten = files
      written = null
      if (timer !== null) clearTimeout(timer)
      timer = null
      const key = await keyOf(files)
      context.remember(null)
      await context.models.forget().catch(() => undefined)
      if (key !== null) await context.history.forget(key).catch(() => undefined)
      store.getState().setKeeping('no')
    },
  }
}

export type HistoryCommands = ReturnType<typeof createHistoryCommands>
