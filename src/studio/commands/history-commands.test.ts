import { describe, expect, it, vi } from 'vitest'
import { defaultRecipe } from '../../techniques/recipe'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { openedOwn, own, pointsOf, settled } from '../../../testing/studio/studio-with-own'
import { modelSummary } from '../../../testing/studio/test-data'

const withBits = (bits: number) => recipeWith({ quantize: { bits } })

describe('what was tried on a model', () => {
  it('is remembered, with the model of one’s own, and comes back for the same files', async () => {
    const studio = await openedOwn()
    const { commands, sessions, store } = studio
    commands.useRecipe(withBits(4))
    await vi.waitFor(() => {
      expect(pointsOf(studio)).toBe(2)
    })
    const [{ session } = { session: null }] = [...sessions.disk.stored.values()]
    expect(session?.place).toMatchObject({ name: 'tiny', data: null, recipe: withBits(4) })
    expect(sessions.disk.stored.size).toBe(1)
    await commands.closeModel()
    expect(store.getState().tried).toEqual([])
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(store.getState().tried.map(({ recipe }) => recipe)).toContainEqual(withBits(4))
    })
  })

  it('is kept apart for other files and other data', async () => {
    const studio = await openedOwn()
    const { commands, history, store } = studio
    commands.useRecipe(withBits(4))
    await vi.waitFor(() => {
      expect(pointsOf(studio)).toBe(2)
    })
    await commands.attachData('mnist')
    await settled(studio)
    expect(store.getState().tried).toHaveLength(1)
    await vi.waitFor(() => {
      expect(pointsOf(studio)).toBe(3)
    })
    await commands.openFiles([new File(['{"other":1}'], 'model.json')], 'tiny', defaultRecipe)
    await settled(studio)
    expect(store.getState().tried).toHaveLength(1)
    await vi.waitFor(() => {
      expect(history.stored.size).toBe(2)
    })
  })

  it('is forgotten when the person asks, and not kept again', async () => {
    const studio = await openedOwn()
    const { commands, history, remembered, sessions, store } = studio
    await vi.waitFor(() => {
      expect(store.getState().keeping).toBe('yes')
    })
    await commands.forgetModel()
    expect(history.stored.size).toBe(0)
    expect(sessions.disk.stored.size).toBe(0)
    expect(remembered.at(-1)).toBeNull()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      commands.useRecipe(withBits(4))
      await settled(studio)
      await vi.advanceTimersByTimeAsync(60_000)
    } finally {
      vi.useRealTimers()
    }
    expect(history.stored.size).toBe(0)
    expect(sessions.disk.stored.size).toBe(0)
    expect(store.getState().keeping).toBe('no')
  })

  it('counts the looks at the test split, over a reload', async () => {
    const studio = await openedOwn()
    const { commands, store } = studio
    await commands.download()
    await commands.download()
    expect(store.getState().testLooks).toBe(2)
    await vi.waitFor(() => {
      const [kept] = [...studio.history.stored.values()]
      expect(Object.values(kept?.onData ?? {})[0]?.testLooks).toBe(2)
    })
    await commands.closeModel()
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(store.getState().testLooks).toBe(2)
    })
  })
})

describe('looks at the test split', () => {
  it('go on over a removal and over the way back, also in what is kept', async () => {
    let count = 0
    const studio = await setUp({
      open: async function* () {
        yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
        return modelSummary({ id: `model-${++count}` })
      },
    })
    const { commands, history, store } = studio
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await commands.attachData('mnist')
    await settled(studio)
    await commands.download()
    await commands.cutModel()
    await settled(studio)
    expect(store.getState().cutFrom).not.toBeNull()
    expect(store.getState().testLooks).toBe(1)
    await commands.download()
    await commands.download()
    expect(store.getState()).toMatchObject({ testLooks: 3, exporting: { looks: 3 } })
    await vi.waitFor(() => {
      const counts = [...history.stored.values()].map(({ onData }) =>
        Math.max(...Object.values(onData).map(({ testLooks }) => testLooks)),
      )
      expect(counts).toEqual([3, 3])
    })
    await commands.undoCut()
    await settled(studio)
    expect(store.getState()).toMatchObject({ testLooks: 3, cutFrom: null })
    await commands.openFiles([new File(['{"other":1}'], 'model.json')], 'tiny', defaultRecipe)
    await commands.attachData('mnist')
    await settled(studio)
    expect(store.getState().testLooks).toBe(0)
  })
})

describe('points of another arithmetic', () => {
  it('are told once, even where data came between, and their model opens as ever', async () => {
    const studio = await setUp()
    const { commands, history, store } = studio
    Object.assign(history.others, { points: 3, unreadable: 1 })
    await commands.openSample(sample, withBits(4))
    await settled(studio)
    // What is kept is read beside all else.
    await vi.waitFor(() => {
      expect(store.getState()).toMatchObject({
        leftOut: { points: 3, unreadable: 1, run: false },
        recipe: withBits(4),
        data: { state: 'attached' },
        tried: [{ recipe: withBits(4) }],
      })
    })
    store.getState().dismissLeftOut()
    await commands.openSample(sample)
    await settled(studio)
    expect(store.getState().leftOut).toBeNull()
  })
})

describe('snapshots', () => {
  it('have a name, come back with the model, and can be replaced and removed', async () => {
    const studio = await openedOwn()
    const { commands, store } = studio
    commands.useRecipe(withBits(4))
    await commands.saveSnapshot(' four bits ')
    commands.useRecipe(withBits(3))
    await commands.saveSnapshot('small')
    await commands.saveSnapshot('')
    expect(store.getState().snapshots).toEqual([
      { name: 'four bits', recipe: withBits(4) },
      { name: 'small', recipe: withBits(3) },
    ])
    await settled(studio)
    await vi.waitFor(() => {
      expect([...studio.history.stored.values()][0]?.snapshots).toHaveLength(2)
    })
    await commands.closeModel()
    expect(store.getState().snapshots).toEqual([])
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(store.getState().snapshots).toHaveLength(2)
    })
    await commands.removeSnapshot('small')
    expect(store.getState().snapshots.map(({ name }) => name)).toEqual(['four bits'])
  })
})
