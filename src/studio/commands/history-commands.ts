import type { CommandContext } from './command-world'
import { contentKey } from '../keeping/content-key'
import type { KeptSearch, ModelHistory } from '../keeping/kept-history'
import { whyNotKept } from '../keeping/not-kept'
import { newSessionId } from '../keeping/tab-locks'
import { reasonNotKept } from './reason-not-kept'
import { dataKey } from '../store/data-in'
import { isGoingOn } from '../store/make-small-slice'
import type { SmallStatus } from '../store/make-small-slice'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
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

/**
 * A search that is not over; one that has ended, however, is not offered again.
 * @param runner of a search that runs in this tab
 */
function searchOf(status: SmallStatus, runner: string | undefined): KeptSearch | undefined {
  if (!isGoingOn(status) && status.state !== 'cutShort') return undefined
  const { base, best, done, goal, total, trained } = status
  const kept = { goal, base, best: best?.recipe ?? null, done, total, trained }
  return isGoingOn(status) ? { ...kept, runner } : kept
}

/** Both, each setting once. */
function together(one: readonly TriedPoint[], other: readonly TriedPoint[]): readonly TriedPoint[] {
  const known = new Set(one.map(({ key }) => key))
  return [...one, ...other.filter(({ key }) => !known.has(key))]
}

/** Remembers the open model and what was tried on it, in this browser, over reloads. */
export function createHistoryCommands(context: CommandContext) {
  const { store, held } = context
  let place: Place | null = null
  let asked: { readonly files: readonly File[]; readonly data: string } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  /** Of the search that runs in this tab, until it is written that it is over. */
  let running: { readonly runner: string; readonly held: Promise<() => void> } | null = null
  /** The model of which it was told that its points could not be kept. */
  let told: string | null = null

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
    const [model, opened] = await Promise.all([contentKey(files), contentKey(openedFiles())])
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
    if (state.candidates.length === 0) state.setCandidates(stored.candidates)
    if (before !== undefined) state.recallTried(before.tried)
    await recallSearch(before?.search, model, wanted)
    if (asked !== wanted) return
    const looks = ofOpened.onData[data]?.testLooks ?? 0
    if (looks > store.getState().testLooks) state.setTestLooks(looks)
    place = { files, data, model, stored, opened }
    save()
  }

  /** It goes on in another tab, or else a closed page has cut it short: the person says whether it goes on. */
  async function recallSearch(
    search: KeptSearch | undefined,
    model: string,
    wanted: typeof asked,
  ): Promise<void> {
    if (search === undefined) return
    const { runner, ...run } = search
    const elsewhere = runner !== undefined && (await context.searches.isHeld(runner))
    const { makeSmall, setMakeSmall, tried } = store.getState()
    if (asked !== wanted || makeSmall.state !== 'idle') return
    const key = run.best === null ? null : effectKey(run.best)
    const best = tried.find((point) => point.key === key) ?? null
    setMakeSmall({ ...run, best, state: elsewhere ? 'elsewhere' : 'cutShort' })
    if (elsewhere) void followElsewhere(runner, model, wanted)
  }

  /** What the other tab has found is there once it has ended, or was closed. */
  async function followElsewhere(
    runner: string,
    model: string,
    wanted: typeof asked,
  ): Promise<void> {
    await context.searches.whenOver(runner)
    const isShown = (): boolean =>
      asked === wanted && store.getState().makeSmall.state === 'elsewhere'
    if (wanted === null || !isShown()) return
    const found = (await context.history.load(model)).onData[wanted.data]
    if (!isShown()) return
    const { recallTried, setMakeSmall } = store.getState()
    if (found !== undefined) recallTried(found.tried)
    setMakeSmall({ state: 'idle' })
    await recallSearch(found?.search, model, wanted)
  }

  /** Tells other tabs that a search runs in this one. */
  function followRunning({ makeSmall }: StudioState): void {
    if (isGoingOn(makeSmall) && running === null) {
      const runner = newSessionId()
      // Where locks are refused, no tab knows of another.
      const held = context.searches.hold(runner).catch(() => () => undefined)
      running = { runner, held }
    } else if (!isGoingOn(makeSmall) && place === null) letGo()
  }

  function letGo(): void {
    void running?.held.then((end) => {
      end()
    })
    running = null
  }

  function save(): void {
    timer ??= setTimeout(() => void write(), SAVE_MS)
  }

  function isForgotten(): boolean {
    return held.session === null || held.forgotten === held.session.id
  }

  async function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const now = place
    // Whoever waits for its end finds it written: one that ends while this is written is written next.
    const isOver = !isGoingOn(store.getState().makeSmall)
    if (now !== null && !isForgotten()) await writeOf(now)
    if (isOver && !isGoingOn(store.getState().makeSmall)) letGo()
  }

  async function writeOf(now: Place): Promise<void> {
    const { candidates, makeSmall, model, snapshots, testLooks, tried } = store.getState()
    if (model === null) return
    try {
      // What another tab is at is its own.
      const theirs =
        makeSmall.state === 'elsewhere'
          ? (await context.history.load(now.model)).onData[now.data]
          : undefined
      const own = theirs ?? { tried: [], search: searchOf(makeSmall, running?.runner) }
      const onData = {
        ...now.stored.onData,
        [now.data]: { tried: together(own.tried, tried), testLooks, search: own.search },
      }
      await context.history.save(now.model, { snapshots, candidates, onData })
      if (now.opened !== now.model) await saveLooks(now.opened, now.data, testLooks)
    } catch (thrown) {
      if (told === held.session?.id) return
      told = held.session?.id ?? null
      const reason = reasonNotKept(await whyNotKept(thrown, 0))
      store.getState().tellNotKept({ what: 'points', name: model.name, reason })
    }
  }

  /** What was opened keeps what was tried on it; only its count has gone on. */
  async function saveLooks(opened: string, data: string, testLooks: number): Promise<void> {
    const { candidates, onData, snapshots } = await context.history.load(opened)
    const found = onData[data] ?? { testLooks: 0, tried: [] }
    if (testLooks <= found.testLooks) return
    const changed = { ...onData, [data]: { ...found, testLooks } }
    await context.history.save(opened, { snapshots, candidates, onData: changed })
  }

  /** The model or its data are others than before. */
  function follow(state: StudioState): void {
    const { files } = held
    const data = settledKey(state)
    if (state.model === null || data === null) {
      place = null
      asked = null
    } else if (asked?.files !== files || asked.data !== data)
      // Without its code nothing is remembered, and all else goes on.
      recall(files, data).catch(() => undefined)
  }

  store.subscribe((state, before) => {
    if (state.makeSmall !== before.makeSmall) followRunning(state)
    if (state.model !== before.model || state.data !== before.data) follow(state)
    else if (state.testLooks > before.testLooks) {
      const data = settledKey(state)
      if (data !== null) countLooks(data)
    }
    const isChanged =
      state.tried !== before.tried ||
      state.snapshots !== before.snapshots ||
      state.candidates !== before.candidates ||
      state.makeSmall !== before.makeSmall ||
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
    /** Removes what was tried on the open model from this browser. */
    forgetTried: async (): Promise<void> => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      // Of what it was cut from, points stay as long as that is kept itself.
      const key = await contentKey(held.files)
      if (key !== null) await context.history.forget(key).catch(() => undefined)
    },
  }
}

export type HistoryCommands = ReturnType<typeof createHistoryCommands>
