import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import { deferred } from '../engine-link/deferred'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { accuracy, dataSummary } from '../../../testing/studio/test-data'

async function opened(change: Partial<Answers> = {}) {
  const studio = await setUp(change)
  await studio.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(studio.store.getState().phase).toBe('idle')
    expect(studio.store.getState().tried).toHaveLength(1)
  })
  studio.engine.calls.length = 0
  return studio
}

const tries = (calls: readonly string[]): number => calls.filter((call) => call === 'try').length

describe('a sweep', () => {
  it('measures every setting once, and none that is known already', async () => {
    const { commands, engine, store } = await opened()
    await commands.startSweep('bits')
    expect(store.getState().tried).toHaveLength(17)
    expect(store.getState()).toMatchObject({ sweep: { state: 'idle' }, tab: 'accuracy' })
    expect(tries(engine.calls)).toBe(16)
    await commands.startSweep('bits')
    expect(tries(engine.calls)).toBe(16)
  })

  it('keeps what it has found when it is cancelled halfway', async () => {
    let count = 0
    const { commands, store } = await opened({
      try: () => {
        if (++count === 5) void commands.cancelSweep()
        return Promise.resolve({ size: { zipped: count, reportBytes: 1 }, measure: accuracy(90) })
      },
    })
    await commands.startSweep('both')
    expect(store.getState().sweep).toEqual({ state: 'idle' })
    expect(store.getState().tried).toHaveLength(5)
  })

  it('waits while the controls move, and measures the interrupted setting again', async () => {
    const gate = deferred<undefined>()
    const { commands, engine, store } = await opened({
      try: async () => {
        if (tries(engine.calls) === 2) await gate.promise
        return { size: { zipped: 7, reportBytes: 1 }, measure: accuracy(90) }
      },
    })
    const sweeping = commands.startSweep('bits')
    await vi.waitFor(() => {
      expect(tries(engine.calls)).toBe(2)
    })
    store.getState().setPhase('dragging')
    gate.resolve(undefined)
    await vi.waitFor(() => {
      expect(store.getState().sweep).toMatchObject({ done: 1, total: 16, waits: true })
    })
    expect(tries(engine.calls)).toBe(2)
    store.getState().setPhase('idle')
    await sweeping
    expect(tries(engine.calls)).toBe(17)
    expect(store.getState().tried).toHaveLength(17)
  })

  it('ends with its model', async () => {
    const { commands, engine, store } = await opened({
      try: async () => {
        if (tries(engine.calls) === 3) await commands.closeModel()
        return { size: { zipped: 7, reportBytes: 1 }, measure: accuracy(90) }
      },
    })
    await commands.startSweep('sparsity')
    expect(tries(engine.calls)).toBe(3)
    expect(store.getState()).toMatchObject({ sweep: { state: 'idle' }, tried: [] })
  })

  it.each([
    ['other data', 'other', {}],
    ['the same data under other settings', 'mnist', { task: 'unlabelled' }],
  ] as const)('ends with %s, whose points are not comparable', async (_, id, settings) => {
    const gate = deferred<undefined>()
    const { commands, engine, store } = await opened({
      try: async () => {
        if (tries(engine.calls) === 3) await gate.promise
        return { size: { zipped: 7, reportBytes: 1 }, measure: accuracy(70) }
      },
    })
    const sweeping = commands.startSweep('bits')
    await vi.waitFor(() => {
      expect(tries(engine.calls)).toBe(3)
    })
    engine.answers.attach = async function* () {
      const summary = dataSummary({ id, name: id })
      yield await Promise.resolve({ phase: 'downloading' as const, done: 0, total: 1 })
      return { ...summary, settings: { ...summary.settings, ...settings } }
    }
    await commands.attachData(id)
    gate.resolve(undefined)
    await sweeping
    expect(tries(engine.calls)).toBe(3)
    expect(store.getState().sweep).toEqual({ state: 'idle' })
    // What was measured last is of the data before.
    const shares = store.getState().tried.map(({ measure }) => measure)
    expect(shares).not.toContainEqual(accuracy(70))
  })

  it('goes on in a new worker, and tells what no worker can do', async () => {
    let count = 0
    const { commands, store } = await opened({
      try: () => {
        count++
        if (count === 2) return Promise.reject(new StudioError('engine/crashed', { reason: 'x' }))
        if (count === 5)
          return Promise.reject(
            new StudioError('quantize/non-finite', {
              tensor: 'dense/kernel',
              index: 1,
            }),
          )
        return Promise.resolve({ size: { zipped: 7, reportBytes: 1 }, measure: accuracy(90) })
      },
    })
    await commands.startSweep('bits')
    expect(store.getState().sweep).toMatchObject({
      state: 'failed',
      kind: 'bits',
      error: { code: 'quantize/non-finite' },
    })
    expect(store.getState().tried.length).toBe(4)
  })

  it('leaves the settings of the controls alone', async () => {
    const { commands, store } = await opened()
    await commands.startSweep('bits')
    expect(store.getState().recipe).toEqual(defaultRecipe)
    expect(store.temporal.getState().pastStates).toEqual([])
  })
})
