/** Commands on a fake engine, as tests drive them. */
import { expect, vi } from 'vitest'
import { createCommands } from './commands'
import { fakeEngine } from './fake-engine'
import type { Answers } from './fake-engine'
import type { KeptDataFiles } from './kept-data'
import type { Sample } from './samples'
import { createStudioStore } from './store/store'

export const sample: Sample = {
  id: 'tiny',
  name: 'Tiny',
  description: '',
  datasetId: 'mnist',
  parameters: 10,
  bytes: 40,
  files: [],
  testAccuracy: 0.98,
  testCount: 100,
}
const files = [new File(['{}'], 'model.json')]

export async function setUp(change: Partial<Answers> = {}) {
  const disk: { stored: KeptDataFiles | null; full: boolean } = { stored: null, full: false }
  const store = createStudioStore()
  const engine = fakeEngine(change)
  const saved: string[] = []
  const remembered: unknown[] = []
  const commands = createCommands({
    store,
    spawn: engine.spawn,
    now: () => 0,
    fetchSampleFiles: (_sample, onProgress) => {
      onProgress(1, 2)
      return Promise.resolve(files)
    },
    saveFile: (file) => saved.push(file.name),
    remember: (session) => remembered.push(session),
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
    say: (key) => key,
  })
  commands.startEngine(null)
  await vi.waitFor(() => {
    expect(store.getState().engine.state).toBe('ready')
  })
  return { store, engine, commands, saved, remembered, disk }
}
