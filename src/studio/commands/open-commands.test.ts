import { describe, expect, it, vi } from 'vitest'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { modelSummary } from '../../../testing/studio/test-data'
import { StudioError } from '../../core/errors'
import { deferred } from '../engine-link/deferred'

const json = '{"modelTopology": {}, "weightsManifest": []}'
const model = new File([json], 'model.json')
const first = new File(['1'], 'shard1.bin')
const second = new File(['2'], 'shard2.bin')

/** An engine that misses what of two shards is not there yet. */
async function inGoes() {
  const asked: (readonly File[])[] = []
  const all = await setUp({
    missing: (files) => {
      asked.push(files)
      const names = new Set(files.map(({ name }) => name))
      const wanted = ['model.json', 'shard1.bin', 'shard2.bin']
      return Promise.resolve(wanted.filter((name) => !names.has(name)))
    },
  })
  return { ...all, asked }
}

describe('files in several goes', () => {
  it('are collected until the engine misses nothing, and opened as they are', async () => {
    const { store, engine, commands, asked } = await inGoes()
    await commands.addFiles([model])
    expect(store.getState().collected).toEqual({
      received: ['model.json'],
      missing: ['shard1.bin', 'shard2.bin'],
    })
    expect(store.getState().opening.state).toBe('idle')
    await commands.addFiles([second])
    expect(store.getState().collected?.missing).toEqual(['shard1.bin'])
    await commands.addFiles([first])
    expect(store.getState()).toMatchObject({ collected: null, model: { name: 'tiny' } })
    expect(engine.calls.filter((call) => /^(?:missing|open)/.test(call))).toEqual([
      'missing model.json',
      'missing model.json,shard2.bin',
      'missing model.json,shard2.bin,shard1.bin',
      'open model.json,shard2.bin,shard1.bin',
    ])
    // The very same objects: by them the engine knows what it has read.
    expect(asked.map(([file]) => file === model)).toEqual([true, true, true])
  })

  it('are never parsed on the page', async () => {
    const parse = vi.spyOn(JSON, 'parse')
    const { commands } = await inGoes()
    await commands.addFiles([model])
    await commands.addFiles([first, second])
    expect(parse.mock.calls.filter(([text]) => text.includes('modelTopology'))).toEqual([])
    parse.mockRestore()
  })

  it('a new file replaces an earlier one of its name, from whatever folder', async () => {
    const { commands, asked } = await inGoes()
    const newer = new File(['x'], 'shard1.bin')
    Object.defineProperty(newer, 'webkitRelativePath', { value: 'net/shard1.bin' })
    await commands.addFiles([first, model])
    await commands.addFiles([newer])
    expect(asked.at(-1)).toEqual([model, newer])
    expect(asked[asked.length - 1]?.[1]).toBe(newer)
  })

  it('a zip by itself starts over', async () => {
    const { commands, asked } = await inGoes()
    const zip = new File([Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)], 'net.zip')
    await commands.addFiles([model])
    await commands.addFiles([zip])
    expect(asked.at(-1)).toEqual([zip])
  })

  it('one can be taken away again, and the last one ends it', async () => {
    const { store, commands } = await inGoes()
    await commands.addFiles([model, first])
    await commands.removeCollected('model.json')
    expect(store.getState().collected).toEqual({
      received: ['shard1.bin'],
      missing: ['model.json', 'shard2.bin'],
    })
    await commands.removeCollected('shard1.bin')
    expect(store.getState().collected).toBeNull()
    await commands.addFiles([second])
    expect(store.getState().collected?.received).toEqual(['shard2.bin'])
  })

  it('what cannot become a model is refused and forgotten', async () => {
    const { store, engine, commands } = await inGoes()
    await commands.addFiles([model])
    engine.answers.missing = () =>
      Promise.reject(new StudioError('open/is-html', { file: 'shard1.bin' }))
    await commands.addFiles([first])
    expect(store.getState()).toMatchObject({
      collected: null,
      opening: { state: 'idle' },
      problem: { error: { code: 'open/is-html' } },
    })
  })

  it('dropped while the engine still looks: the last answer counts, for all files', async () => {
    const { store, engine, commands, asked } = await inGoes()
    const { missing } = engine.answers
    const gate = deferred<readonly string[]>()
    engine.answers.missing = () => gate.promise
    const slow = commands.addFiles([model])
    await vi.waitFor(() => {
      expect(store.getState().opening).toMatchObject({ state: 'opening', name: 'model.json' })
    })
    engine.answers.missing = missing
    await commands.addFiles([first])
    gate.resolve(['late'])
    await slow
    expect(asked).toEqual([[model, first]])
    expect(store.getState()).toMatchObject({
      collected: { received: ['model.json', 'shard1.bin'], missing: ['shard2.bin'] },
      opening: { state: 'idle' },
    })
  })

  it('cancelled while the engine looks: what was there before is still there', async () => {
    const { store, engine, commands, asked } = await inGoes()
    await commands.addFiles([model])
    const { missing } = engine.answers
    engine.answers.missing = (_files, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new StudioError('engine/cancelled', {}))
        })
      })
    const looking = commands.addFiles([first])
    await vi.waitFor(() => {
      expect(store.getState().opening.state).toBe('opening')
    })
    commands.cancelOpening()
    await looking
    expect(store.getState()).toMatchObject({
      problem: null,
      opening: { state: 'idle' },
      collected: { received: ['model.json'] },
    })
    engine.answers.missing = missing
    await commands.addFiles([second])
    expect(asked.at(-1)).toEqual([model, second])
  })

  it('go on after a restart of the engine: it gets all of them again', async () => {
    const { store, engine, commands, asked } = await inGoes()
    await commands.addFiles([model])
    engine.processes[engine.processes.length - 1]?.die(
      new StudioError('engine/crashed', { reason: 'x' }),
    )
    await commands.addFiles([first])
    expect(engine.processes.length).toBeGreaterThan(1)
    expect(asked.at(-1)).toEqual([model, first])
    expect(store.getState().collected?.missing).toEqual(['shard2.bin'])
  })
})

describe('a single picture', () => {
  const cat = new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)], 'cat.png')
  const takesPictures = {
    inputs: [{ name: 'input', shape: [null, 8, 8, 1], dtype: 'float32' as const }],
  }

  async function openOn(change: Parameters<typeof modelSummary>[0]) {
    const all = await setUp({
      open: async function* () {
        yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 1 })
        return modelSummary(change)
      },
    })
    await all.commands.openSample(sample)
    all.engine.calls.length = 0
    return all
  }

  it('is a question to both models: the data stays, and the answers are shown', async () => {
    const { store, engine, commands } = await openOn(takesPictures)
    const { data } = store.getState()
    await commands.addFiles([cat])
    expect(store.getState()).toMatchObject({
      asked: { name: 'cat.png' },
      tab: 'predictions',
      problem: null,
      data,
    })
    const answers = await commands.asked(store.getState().recipe, new AbortController().signal)
    expect(answers).toMatchObject({ original: [0.9, 0.1], compressed: [0.4, 0.6] })
    expect(engine.calls).toContain('asked cat.png')
    await commands.addFiles([cat])
    expect(store.getState().asked?.id).toBe(2)
  })

  it('goes with its model', async () => {
    const { store, commands } = await openOn(takesPictures)
    await commands.addFiles([cat])
    await commands.closeModel()
    expect(store.getState().asked).toBeNull()
    await expect(
      commands.asked(store.getState().recipe, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'engine/no-data' })
  })

  it('is data, or refused, where the model takes no pictures', async () => {
    const { store, commands } = await openOn({})
    await commands.addFiles([cat])
    expect(store.getState().asked).toBeNull()
  })
})
