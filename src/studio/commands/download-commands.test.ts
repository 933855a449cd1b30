import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { deferred } from '../engine-link/deferred'
import { defaultAnswers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { dataSummary } from '../../../testing/studio/test-data'

/** A download that waits in its middle. */
async function downloading() {
  const gate = deferred<undefined>()
  const studio = await setUp({
    export: async function* (request, signal) {
      yield { phase: 'measuring', done: 0, total: 9 }
      await gate.promise
      return yield* defaultAnswers.export(request, signal)
    },
  })
  const { commands, store } = studio
  await commands.openSample(sample)
  const done = commands.download()
  await vi.waitFor(() => {
    expect(store.getState().exporting).toMatchObject({ progress: { phase: 'measuring' } })
  })
  return { ...studio, done, gate }
}

type Studio = Awaited<ReturnType<typeof downloading>>

describe('a download during which other data is wanted', () => {
  it.each<[string, (studio: Studio) => Promise<void>]>([
    ['is detached', ({ commands }) => commands.detachData()],
    ['is other data', ({ commands }) => commands.attachData('other')],
    [
      'is shown otherwise',
      ({ commands }) =>
        commands.configureData({ task: 'unlabelled', preparation: null, classMap: null }),
    ],
  ])('is written first, and that is said: data %s', async (_, change) => {
    const studio = await downloading()
    const { done, gate, saved, store } = studio
    const { data } = store.getState()
    const changing = change(studio)
    expect(store.getState()).toMatchObject({
      data,
      workWaits: [{ wanted: 'attaching', on: ['download'] }],
    })
    gate.resolve(undefined)
    await done
    expect(saved).toEqual(['tiny.zip'])
    await changing
    expect(store.getState().workWaits).toEqual([])
    expect(store.getState().data).not.toEqual(data)
  })

  it('ends, says why and counts no look at the test split where the data goes unasked', async () => {
    const { done, gate, saved, store } = await downloading()
    store.getState().changeData({ state: 'none' })
    gate.resolve(undefined)
    await done
    expect(store.getState().exporting).toEqual({
      state: 'failed',
      error: { code: 'export/data-changed', params: {} },
    })
    expect(saved).toEqual([])
    expect(store.getState().testLooks).toBe(0)
  })

  it('keeps its data where other data cannot be attached afterwards', async () => {
    const { commands, done, engine, gate, saved, store } = await downloading()
    const { data } = store.getState()
    expect(data).toEqual({ state: 'attached', data: dataSummary({ id: 'mnist', name: 'mnist' }) })
    engine.answers.attach = async function* () {
      yield await Promise.resolve({ phase: 'downloading' as const, done: 0, total: 1 })
      throw new StudioError('data/not-loaded', { dataset: 'other', file: 'x', reason: 'y' })
    }
    const attaching = commands.attachData('other')
    gate.resolve(undefined)
    await done
    await attaching
    expect(store.getState().data).toEqual(data)
    expect(store.getState().exporting.state).toBe('done')
    expect(saved).toEqual(['tiny.zip'])
    expect(store.getState().testLooks).toBe(1)
  })
})

describe('a download whose measuring takes long', () => {
  /** It is measured until somebody wants the file without. */
  async function measuring(isLong: boolean) {
    const gate = deferred<undefined>()
    const studio = await setUp({
      export: async function* (request, signal) {
        const time = { msLeft: 90_000, isLong }
        yield { phase: 'measuring', done: 0, total: 9, time }
        await gate.promise
        yield { phase: 'verifying', done: 0, total: 1 }
        const whole = yield* defaultAnswers.export(request, signal)
        return { ...whole, validation: null, test: null, unmeasured: 'test' }
      },
      saveUnmeasured: () => {
        gate.resolve(undefined)
      },
    })
    const { commands, store } = studio
    await commands.openSample(sample)
    const done = commands.download()
    await vi.waitFor(() => {
      expect(store.getState().exporting).toMatchObject({ progress: { phase: 'measuring' } })
    })
    return { ...studio, done, gate }
  }

  it('is saved without it, counts no look at the test split, and keeps the settings', async () => {
    const { commands, done, engine, saved, store } = await measuring(true)
    const { recipe } = store.getState()
    commands.saveUnmeasured()
    expect(store.getState().exporting).toMatchObject({ state: 'running', leaving: true })
    await done
    expect(engine.calls).toContain('saveUnmeasured')
    expect(store.getState().exporting).toMatchObject({
      state: 'done',
      looks: 0,
      report: { unmeasured: 'test', test: null },
    })
    expect(saved).toEqual(['tiny.zip'])
    expect(store.getState().testLooks).toBe(0)
    expect(store.getState().recipe).toBe(recipe)
    // The next one measures again.
    engine.answers.export = defaultAnswers.export
    await commands.download()
    expect(store.getState()).toMatchObject({
      testLooks: 1,
      exporting: { report: { unmeasured: null, test: { split: 'test' } } },
    })
  })

  it('is not offered where it is short, nor where nothing is saved', async () => {
    const { commands, done, engine, gate } = await measuring(false)
    commands.saveUnmeasured()
    gate.resolve(undefined)
    await done
    commands.saveUnmeasured()
    expect(engine.calls).not.toContain('saveUnmeasured')
  })
})
