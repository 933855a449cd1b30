/** Commands on a fake engine, as tests drive them. */
import { expect, vi } from 'vitest'
import type { TrainedWeights } from '../../src/protocol/training-messages'
import { createCommands } from '../../src/studio/commands/create-commands'
import type { HistoryStorage, ModelStorage } from '../../src/studio/commands/command-world'
import { fakeEngine } from './fake-engine'
import type { Answers } from './fake-answers'
import type { KeptDataFiles } from '../../src/studio/keeping/kept-data'
import type { ModelHistory } from '../../src/studio/keeping/kept-history'
import type { KeptModel } from '../../src/studio/keeping/kept-model'
import type { RunCheckpoint, RunGround } from '../../src/studio/keeping/kept-run'
import type { Sample } from '../../src/studio/files/samples'
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
    loadInterrupted: () =>
      Promise.resolve(ground === null || checkpoint === null ? null : { ...ground, checkpoint }),
    forget: () => {
      ground = null
      checkpoint = null
      return Promise.resolve()
    },
    keepTrained: (weights: TrainedWeights) => {
      trained.set(weights.id, weights)
      return Promise.resolve()
    },
    loadTrained: (id: string) => Promise.resolve(trained.get(id) ?? null),
    whileTraining: <Result>(work: () => Promise<Result>) => work(),
  }
}

/** A disk for the open model. */
function memoryModels() {
  const disk: { stored: KeptModel | null; writes: number; full: boolean } = {
    stored: null,
    writes: 0,
    full: false,
  }
  const storage: ModelStorage = {
    keep: (model) => {
      if (disk.full) return Promise.reject(new Error('quota'))
      disk.stored = model
      disk.writes++
      return Promise.resolve()
    },
    load: () => Promise.resolve(disk.stored),
    forget: () => {
      disk.stored = null
      return Promise.resolve()
    },
  }
  return { disk, storage }
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
      const { onData = {}, snapshots = [] } = stored.get(key) ?? {}
      return Promise.resolve({ snapshots, onData, leftOut, unreadable })
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

export async function setUp(change: Partial<Answers> = {}, now = () => 0) {
  const disk: { stored: KeptDataFiles | null; full: boolean } = { stored: null, full: false }
  const store = createStudioStore()
  const engine = fakeEngine(change)
  const saved: string[] = []
  const remembered: unknown[] = []
  const runs = memoryRuns()
  const models = memoryModels()
  const history = memoryHistory()
  const commands = createCommands({
    store,
    spawn: engine.spawn,
    now,
    fetchSampleFiles: (_sample, onProgress) => {
      onProgress(1, 2)
      return Promise.resolve(files)
    },
    saveFile: (file) => saved.push(file.name),
    remember: (session) => remembered.push(session),
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
    },
    models: models.storage,
    history: history.storage,
    runs,
    rememberTraining: (settings) => remembered.push(settings),
    rememberReportPlace: (place) => remembered.push(place),
    say: (key) => key,
  })
  commands.startEngine(null)
  await vi.waitFor(() => {
    expect(store.getState().engine.state).toBe('ready')
  })
  return { store, engine, commands, saved, remembered, disk, runs, models, history }
}
