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
  /** Key of what was opened first, which counts the looks of all that is cut from it. */
  readonly opened: string
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

  /**
   * Looks at the test split, by data, of each model that was opened: they go on where filters are removed, and where
   * that is taken back, whatever the browser keeps.
   */
  const looked = new WeakMap<readonly File[], Map<string, number>>()
  const openedFiles = (): readonly File[] => held.origin?.files ?? held.files

  function countLooks(data: string): void {
    const counts = looked.get(openedFiles()) ?? new Map<string, number>()
    looked.set(openedFiles(), counts)
    const { setTestLooks, testLooks } = store.getState()
    const known = counts.get(data) ?? 0
    counts.set(data, Math.max(known, testLooks))
    if (known > testLooks) setTestLooks(known)
  }

  async function recall(files: readonly File[], data: string): Promise<void> {
    const wanted = { files, data }
    asked = wanted
    place = null
    countLooks(data)
    const [model, opened] = await Promise.all([keyOf(files), keyOf(openedFiles())])
    if (model === null || opened === null || asked !== wanted) return
    const stored = await context.history.load(model)
    const ofOpened = opened === model ? stored : await context.history.load(opened)
    // At once: they are gone, whatever is open by now.
    for (const { leftOut: points, unreadable } of new Set([stored, ofOpened]))
      if (points + unreadable > 0) store.getState().tellLeftOut({ points, unreadable })
    if (asked !== wanted) return
    const before = stored.onData[data]
    const state = store.getState()
    if (state.snapshots.length === 0) state.setSnapshots(stored.snapshots)
    if (before !== undefined) state.recallTried(before.tried)
    const looks = ofOpened.onData[data]?.testLooks ?? 0
    if (looks > store.getState().testLooks) state.setTestLooks(looks)
    place = { files, data, model, stored, opened }
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
      if (now.opened !== now.model && held.forgotten !== openedFiles())
        await saveLooks(now.opened, now.data, testLooks)
      if (place === now) store.getState().setKeeping('yes')
    } catch {
      if (place === now) store.getState().setKeeping('noRoom')
    }
  }

  /** What was opened keeps what was tried on it; only its count has gone on. */
  async function saveLooks(opened: string, data: string, testLooks: number): Promise<void> {
    const { onData, snapshots } = await context.history.load(opened)
    const { testLooks: before = 0, tried = [] } = onData[data] ?? {}
    if (testLooks <= before) return
    const changed = { ...onData, [data]: { tried, testLooks } }
    await context.history.save(opened, { snapshots, onData: changed })
  }

  async function keepModel(name: string, files: readonly File[]): Promise<void> {
    const datasetId = held.data?.kind === 'builtIn' ? held.data.datasetId : null
    if (written?.files === files && written.datasetId === datasetId) return
    const { meaning, origin } = held
    const { outputNames } = store.getState()
    await context.models.keep({ name, files, datasetId, origin, meaning, outputNames })
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
    else if (state.testLooks > before.testLooks) {
      const data = settledKey(state)
      if (data !== null) countLooks(data)
    }
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
