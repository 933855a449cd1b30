import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { deferred } from '../engine-link/deferred'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import {
  dataSummary,
  engineInfo,
  trainProgress,
  trainStarted,
  trainValidation,
} from '../../../testing/studio/test-data'

const lost = new StudioError('engine/device-lost', { backend: 'webgpu', reason: 'driver' })
const crashed = new StudioError('engine/crashed', { reason: 'test' })
const never = new Promise<never>(() => undefined)

async function opened(change: Partial<Answers> = {}) {
  const all = await setUp(change)
  await all.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(all.store.getState().tried).toHaveLength(1)
  })
  all.engine.calls.length = 0
  const [main] = all.engine.processes
  if (main === undefined) throw new Error('no engine')
  main.calls.length = 0
  /** The worker that the run has now. */
  const own = () => {
    const [last] = all.engine.processes.slice(1).slice(-1)
    if (last === undefined) throw new Error('no worker of a run')
    return last
  }
  const notes = (): readonly unknown[] => {
    const { training } = all.store.getState()
    return training.state === 'idle' ? [] : training.run.notes
  }
  return { ...all, main, own, notes }
}

/** A run that tells one epoch with its checkpoint, and then ends as told. */
function afterOneEpoch(end: (count: number) => Promise<unknown>): Pick<Answers, 'train'> {
  let count = 0
  return {
    train: async function* ({ recipe, resume }) {
      yield await Promise.resolve(trainStarted({ epoch: resume === null ? 0 : 1 }))
      yield trainProgress()
      yield trainValidation(recipe, 1)
      yield { type: 'checkpoint', epoch: 1, step: 10, file: new Blob(['one']) }
      await end(++count)
      const { trained, recipe: named, measure } = trainValidation(recipe, 2)
      return { end: 'finished', epoch: 2, measure, recipe: named, trained }
    },
  }
}

describe('the worker of a run', () => {
  it('is brought to what the page knows, runs on the same, and ends with the run', async () => {
    const { commands, engine, main, own, store } = await opened()
    await commands.readOutputsAs('numbers')
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
    })
    main.calls.length = 0
    const states: unknown[] = []
    store.subscribe(({ data, model, opening }, before) => {
      if (data !== before.data || model !== before.model || opening !== before.opening)
        states.push([data, model, opening])
    })
    await commands.startTraining()
    expect(own().calls).toEqual([
      'start wasm',
      'open model.json',
      'outputs are numbers',
      'attach mnist',
      'train new',
    ])
    // The page's own engine, and what is shown of it, is left alone.
    expect(states).toEqual([])
    expect(store.getState().banner).toBeNull()
    expect(engine.processes.map(({ terminated }) => terminated)).toEqual([false, true])
    await vi.waitFor(() => {
      expect(main.calls).toContain('trained 00000001')
    })
  })

  it('says what it prepares, and is ended at once while it does', async () => {
    const gate = deferred<undefined>()
    let waits = false
    const { commands, own, store } = await opened({
      attach: async function* (id) {
        yield await Promise.resolve({ phase: 'downloading' as const, done: 1, total: 4 })
        if (waits) await gate.promise
        return dataSummary({ id, name: id })
      },
    })
    waits = true
    const run = commands.startTraining()
    expect(store.getState().training).toMatchObject({ preparing: { step: 'worker' } })
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({
        preparing: { step: 'data', progress: { done: 1, total: 4 } },
      })
    })
    commands.cancelTraining()
    await run
    expect(own().terminated).toBe(true)
    expect(store.getState().training).toEqual({ state: 'idle' })
  })

  it('is asked to stop once it has begun, if that was wanted before', async () => {
    const { commands, own, store } = await opened(afterOneEpoch(() => Promise.resolve()))
    const run = commands.startTraining()
    commands.stopTraining()
    expect(store.getState().training).toMatchObject({ phase: 'stopping' })
    await run
    expect(own().calls.slice(-2)).toEqual(['train new', 'stop'])
  })

  it('takes nothing with it when it dies, and the run goes on from its checkpoint', async () => {
    const { commands, engine, main, notes, own, store } = await opened(
      afterOneEpoch((count) => (count === 1 ? never : Promise.resolve())),
    )
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({ run: { epochs: [{ epoch: 1 }] } })
    })
    own().die(lost)
    await run
    expect(store.getState()).toMatchObject({
      training: { state: 'done', epoch: 2 },
      engine: { state: 'ready' },
      banner: null,
      problem: null,
    })
    expect(notes()).toEqual([{ kind: 'takenUp', epoch: 0 }])
    expect(engine.processes.map(({ terminated }) => terminated)).toEqual([false, true, true])
    expect(own().calls.at(-1)).toBe('train resumed')
    expect(main.calls.filter((call) => /^(?:start|open|train )/.test(call))).toEqual([])
  })

  it('what a dead one still says is not shown', async () => {
    const gate = deferred<undefined>()
    const { commands, notes, own, store } = await opened({
      train: async function* ({ resume }) {
        yield await Promise.resolve(trainStarted())
        if (resume === null) await gate.promise
        yield { type: 'pieceHalved', piece: 1, statistics: 'none' }
        return never
      },
    })
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({ preparing: null })
    })
    own().die(crashed)
    await vi.waitFor(() => {
      expect(notes()).toEqual([{ kind: 'begunAgain' }])
    })
    commands.cancelTraining()
    await run
    gate.resolve(undefined)
    await new Promise((resolve) => setTimeout(resolve))
    expect(store.getState().training).toEqual({ state: 'idle' })
  })

  it('one that dies again and again leaves its checkpoint to the person', async () => {
    let dies = true
    const { commands, engine, notes, runs, store } = await opened(
      afterOneEpoch(() => (dies ? Promise.reject(crashed) : Promise.resolve())),
    )
    await commands.startTraining()
    expect(store.getState().training).toMatchObject({
      state: 'failed',
      error: { code: 'train/worker-stopped', params: { reason: 'test' } },
      goesOnWith: { name: 'mnist' },
    })
    expect(notes()).toHaveLength(2)
    expect(engine.processes).toHaveLength(4)
    expect(store.getState().engine.state).toBe('ready')
    // Also for a page that is closed before.
    expect(await runs.loadInterrupted()).not.toBeNull()
    dies = false
    await commands.goOnTraining()
    expect(store.getState().training).toMatchObject({ state: 'done', epoch: 2 })
    expect(engine.processes.at(-1)?.calls.at(-1)).toBe('train resumed')
    expect(await runs.loadInterrupted()).toBeNull()
  })

  it('its checkpoint is not touched on other data, and goes on once the same is attached again', async () => {
    let dies = true
    const { commands, engine, runs, store } = await opened(
      afterOneEpoch(() => (dies ? Promise.reject(crashed) : Promise.resolve())),
    )
    await commands.startTraining()
    dies = false
    await commands.attachData('fashion')
    const before = engine.processes.length
    await commands.goOnTraining()
    expect(engine.processes).toHaveLength(before)
    expect(store.getState().training).toMatchObject({ goesOnWith: { name: 'mnist' } })
    expect(await runs.loadInterrupted()).not.toBeNull()
    await commands.attachData('mnist')
    await commands.goOnTraining()
    expect(store.getState().training).toMatchObject({ state: 'done', epoch: 2 })
    expect(engine.processes.at(-1)?.calls.at(-1)).toBe('train resumed')
  })

  it('a refusal to take it up keeps its checkpoint, in the page and on disk', async () => {
    let refuses = false
    const { commands, engine, notes, runs, store } = await opened({
      train: async function* ({ recipe, resume }) {
        if (refuses) throw new StudioError('train/checkpoint', { reason: 'other data' })
        yield await Promise.resolve(trainStarted({ epoch: resume === null ? 0 : 1 }))
        yield { type: 'checkpoint', epoch: 1, step: 10, file: new Blob(['one']) }
        if (resume === null || engine.processes.length < 5) throw crashed
        const { trained, recipe: named, measure } = trainValidation(recipe, 2)
        return { end: 'finished', epoch: 2, measure, recipe: named, trained }
      },
    })
    await commands.startTraining()
    refuses = true
    await commands.goOnTraining()
    expect(store.getState().training).toMatchObject({
      state: 'failed',
      error: { code: 'train/checkpoint' },
      goesOnWith: { name: 'mnist' },
    })
    expect(await runs.loadInterrupted()).not.toBeNull()
    refuses = false
    commands.useRecipe({ ...defaultRecipe, seed: 7 })
    await commands.goOnTraining()
    expect(notes()).toEqual([{ kind: 'settingsBack' }])
    expect(store.getState().training).toMatchObject({ state: 'done', epoch: 2 })
    expect(await runs.loadInterrupted()).toBeNull()
  })

  it('one that ended for good is thrown away when it is closed', async () => {
    const { commands, runs, store } = await opened(afterOneEpoch(() => Promise.reject(crashed)))
    await commands.startTraining()
    commands.closeTraining()
    expect(store.getState().training.state).toBe('idle')
    expect(await runs.loadInterrupted()).toBeNull()
    await commands.goOnTraining()
    expect(store.getState().training.state).toBe('idle')
  })

  it('memory that runs out halves the pieces, down to one sample', async () => {
    const pieces: (number | null)[] = []
    const { commands, engine, notes, store } = await opened({
      train: async function* ({ largestPiece }) {
        yield await Promise.resolve(trainStarted({ batchSize: 32 }))
        pieces.push(largestPiece)
        if (largestPiece === null)
          throw new StudioError('train/worker-out-of-memory', { piece: 20, bytes: '4 GB' })
        // What a browser says where nobody has caught it.
        throw new StudioError('engine/crashed', {
          reason: 'Uncaught RuntimeError: memory access out of bounds',
        })
      },
    })
    store.getState().setTrainingSettings({ ...defaultTrainingSettings, batchSize: 32 })
    await commands.startTraining()
    expect(pieces).toEqual([null, 10, 5, 2, 1])
    expect(notes()).toEqual([10, 5, 2, 1].map((piece) => ({ kind: 'smallerPieces', piece })))
    expect(store.getState().training).toMatchObject({ state: 'failed', goesOnWith: null })
    expect(engine.processes.map(({ terminated }) => terminated)).toEqual([
      false,
      ...pieces.map(() => true),
    ])
    expect(store.getState().engine.state).toBe('ready')
  })

  it('a GPU that is lost twice is left for WebAssembly, for the run alone', async () => {
    const { commands, main, notes, own, store } = await opened({
      ...afterOneEpoch((count) => (count < 3 ? Promise.reject(lost) : Promise.resolve())),
      start: ({ exclude }) =>
        Promise.resolve({ ...engineInfo, backend: exclude.length > 0 ? 'wasm' : 'webgpu' }),
    })
    await commands.startTraining()
    expect(store.getState().training).toMatchObject({ state: 'done', run: { backend: 'wasm' } })
    expect(notes()).toEqual([{ kind: 'takenUp', epoch: 0 }, { kind: 'leftGpu' }])
    expect(own().calls[0]).toBe('start auto webgpu,webgl')
    expect(main.terminated).toBe(false)
    expect(store.getState().engine).toMatchObject({ info: { backend: 'webgpu' } })
  })

  it('what is wrong with the run itself is no reason for another worker', async () => {
    const error = new StudioError('train/no-gradient', { layer: 'odd', reason: 'none' })
    const { commands, engine, store } = await opened({
      train: async function* () {
        yield await Promise.resolve(trainStarted())
        throw error
      },
    })
    await commands.startTraining()
    expect(store.getState().training).toMatchObject({ state: 'failed', goesOnWith: null })
    expect(engine.processes).toHaveLength(2)
  })

  it('goes on while the engine of the page is replaced', async () => {
    const gate = deferred<undefined>()
    const { commands, main, own, store } = await opened(afterOneEpoch(() => gate.promise))
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({ run: { epochs: [{ epoch: 1 }] } })
    })
    const worker = own()
    main.die(crashed)
    await vi.waitFor(() => {
      expect(store.getState().engine.state).toBe('ready')
      expect(store.getState().banner).not.toBeNull()
    })
    gate.resolve(undefined)
    await run
    expect(store.getState().training).toMatchObject({ state: 'done', run: { notes: [] } })
    expect(worker.terminated).toBe(true)
  })
})
