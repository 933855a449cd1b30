/** Commands on a fake engine, as tests drive them. */
import { expect, vi } from 'vitest'
import type { TrainedWeights } from '../../src/protocol/training-messages'
import { createCommands } from '../../src/studio/commands/create-commands'
import type {
  HistoryStorage,
  SensitivityStorage,
  SessionStorage,
} from '../../src/studio/commands/command-world'
import { fakeEngine } from './fake-engine'
import type { Answers } from './fake-answers'
import type { KeptDataFiles } from '../../src/studio/keeping/kept-data'
import type { ModelHistory } from '../../src/studio/keeping/kept-history'
import type { KeptRun, RunCheckpoint, RunGround } from '../../src/studio/keeping/kept-run'
import { NotKept } from '../../src/studio/keeping/not-kept'
import type { OpenSession } from '../../src/studio/keeping/open-place'
import { holdSearch, isSearchHeld, whenSearchIsOver } from '../../src/studio/keeping/tab-locks'
import type { TabMark } from '../../src/studio/keeping/tab-mark'
import type { Sample } from '../../src/studio/files/samples'
import type { LeftOutPart } from '../../src/studio/store/history-slice'
import type { SensitivityTable } from '../../src/search/sensitivity'
import { createStudioStore } from '../../src/studio/store/store'

export const sample: Sample = {
  id: 'tiny',
  name: 'Tiny',
  description: '',
  datasetId: 'mnist',
  role: 'model',
  parameters: 10,
  bytes: 40,
  files: [],
  testAccuracy: 0.98,
  testCount: 100,
}
const files = [new File(['{}'], 'model.json')]

/** A disk for runs. */
function memoryRuns() {
  let ground: RunGround | null = null
  let checkpoint: RunCheckpoint | null = null
  const trained = new Map<string, TrainedWeights>()
  return {
    keepGround: (next: RunGround) => {
      ground = next
      return Promise.resolve()
    },
    keepCheckpoint: (next: RunCheckpoint) => {
      checkpoint = next
      return Promise.resolve()
    },
    ground: () => ground,
    weights: trained,
    loadInterrupted: (): Promise<KeptRun | null> => {
      if (ground === null || checkpoint === null) return Promise.resolve(null)
      const { session, ...rest } = ground
      const modelName = session.place.name
      const load = () => Promise.resolve({ session, mark: '', lost: [] })
      const bringsDataOf = () => Promise.resolve(session.place.data?.kind === 'own')
      return Promise.resolve({ ...rest, checkpoint, modelName, bringsDataOf, load })
    },
    forget: () => {
      ground = null
      checkpoint = null
      return Promise.resolve()
    },
    dismiss: () => {
      ground = null
      checkpoint = null
      return Promise.resolve()
    },
    takeUp: () => Promise.resolve(),
    keepTrained: (weights: TrainedWeights) => {
      trained.set(weights.id, weights)
      return Promise.resolve()
    },
    loadTrained: (id: string) => Promise.resolve(trained.get(id) ?? null),
    whileTraining: <Result>(work: () => Promise<Result>) => work(),
  }
}

interface KeptSession {
  readonly mark: string
  readonly session: OpenSession
  readonly changed: number
  readonly lost?: readonly LeftOutPart[]
}

/** A disk for what tabs have open. */
function memorySessions() {
  const disk = {
    stored: new Map<string, KeptSession>(),
    /** Open in another tab. */
    others: new Set<string>(),
    writes: 0,
    full: false,
  }
  let forgotten: (ids: readonly string[]) => void = () => undefined
  const storage: SessionStorage = {
    hold: (id) => Promise.resolve(!disk.others.has(id)),
    letGo: () => undefined,
    keep: (id, mark, session) => {
      if (disk.full)
        return Promise.reject(new NotKept({ kind: 'full', needed: 2_000_000, free: 1_000_000 }))
      disk.stored.set(id, { mark, session, changed: ++disk.writes })
      return Promise.resolve({ left: [], why: null })
    },
    load: (id) => {
      const found = disk.stored.get(id)
      return Promise.resolve(found === undefined ? null : { lost: [], ...found })
    },
    list: () =>
      Promise.resolve(
        [...disk.stored].map(([id, { changed, session }]) => {
          const { name, origin, recipe } = session.place
          const isOpen = disk.others.has(id)
          return { id, name, bytes: 2, changed, recipe, isCut: origin !== null, isOpen }
        }),
      ),
    forget: (id) => {
      disk.stored.delete(id)
      return Promise.resolve()
    },
    forgetAll: () => {
      disk.stored.clear()
      return Promise.resolve()
    },
    onForgotten: (tell) => {
      forgotten = tell
    },
  }
  return {
    disk,
    storage,
    forgetElsewhere: (ids: readonly string[]) => {
      forgotten(ids)
    },
  }
}

/** A disk for what was tried. */
function memoryHistory() {
  const stored = new Map<string, ModelHistory>()
  /** Points of another arithmetic and damaged entries, which the next look takes away. */
  const others = { points: 0, unreadable: 0 }
  const storage: HistoryStorage = {
    load: (key) => {
      const { points: leftOut, unreadable } = others
      Object.assign(others, { points: 0, unreadable: 0 })
      const { candidates = [], onData = {}, snapshots = [] } = stored.get(key) ?? {}
      return Promise.resolve({ snapshots, candidates, onData, leftOut, unreadable })
    },
    save: (key, found) => {
      stored.set(key, found)
      return Promise.resolve()
    },
    forget: (key) => {
      stored.delete(key)
      return Promise.resolve()
    },
  }
  return { stored, others, storage }
}

/** What layers bear, as the browser keeps it. */
function memorySensitivities() {
  const stored = new Map<string, SensitivityTable>()
  const storage: SensitivityStorage = {
    load: (place) => Promise.resolve(stored.get(JSON.stringify(place)) ?? null),
    keep: (place, table) => {
      stored.set(JSON.stringify(place), table)
      return Promise.resolve()
    },
  }
  return { stored, storage }
}

/** A page that nobody looks at: nothing begins by itself. */
export function fakePresence(there = false) {
  const watchers = new Set<() => void>()
  let isThere = there
  return {
    isThere: () => isThere,
    watch: (look: () => void) => watchers.add(look),
    /** Somebody comes, or leaves. */
    show: (now: boolean) => {
      isThere = now
      for (const look of watchers) look()
    },
  }
}

export async function setUp(
  change: Partial<Answers> = {},
  now = () => 0,
  presence = fakePresence(),
) {
  const disk: { stored: KeptDataFiles | null; full: boolean } = { stored: null, full: false }
  const store = createStudioStore()
  const engine = fakeEngine(change)
  const saved: string[] = []
  /** Marks of the tab, and what else is remembered. */
  const remembered: unknown[] = []
  const marks: (TabMark | null)[] = []
  const runs = memoryRuns()
  const sessions = memorySessions()
  const history = memoryHistory()
  const sensitivities = memorySensitivities()
  const commands = createCommands({
    store,
    spawn: engine.spawn,
    now,
    presence: () => Promise.resolve(presence),
    fetchSampleFiles: (_sample, onProgress) => {
      onProgress(1, 2)
      return Promise.resolve(files)
    },
    saveFile: (file) => saved.push(file.name),
    remember: (mark) => {
      remembered.push(mark)
      marks.push(mark)
    },
    leaveAddress: () => remembered.push('left'),
    storage: {
      keep: (data) => {
        if (disk.full) return Promise.reject(new Error('quota'))
        disk.stored = data
        return Promise.resolve()
      },
      load: () => Promise.resolve(disk.stored),
      forget: () => {
        disk.stored = null
        return Promise.resolve()
      },
      holds: (files) => Promise.resolve(disk.stored?.files === files),
    },
    sessions: sessions.storage,
    history: history.storage,
    sensitivities: sensitivities.storage,
    searches: { hold: holdSearch, isHeld: isSearchHeld, whenOver: whenSearchIsOver },
    runs,
    rememberLimits: (limits) => remembered.push(limits),
    rememberWish: (wish) => remembered.push(wish),
    rememberTraining: (settings) => remembered.push(settings),
    rememberReportPlace: (place) => remembered.push(place),
    rememberVariants: (wanted) => remembered.push(wanted),
    say: (key) => key,
  })
  commands.startEngine(null)
  await vi.waitFor(
    () => {
      expect(store.getState().engine.state).toBe('ready')
    },
    { interval: 5 },
  )
  const kept = { disk, runs, sessions, history, sensitivities }
  return { store, engine, commands, saved, remembered, marks, ...kept }
}
