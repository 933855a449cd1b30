import { describe, expect, it, vi } from 'vitest'
import { defaultRecipe } from '../../techniques/recipe'
import { deferred } from '../engine-link/deferred'
import type { KeptSearch } from '../keeping/kept-history'
import { holdSearch } from '../keeping/tab-locks'
import { effectKey } from '../store/recipe-slice'
import { fakeLocks } from '../../../testing/studio/fake-locks'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { openedOwn, own, pointsOf, settled } from '../../../testing/studio/studio-with-own'
import { accuracy } from '../../../testing/studio/test-data'

const withBits = (bits: number) => recipeWith({ quantize: { bits } })

describe('a search for the smallest file', () => {
  it('that was cut short is offered again with its model and data, and goes on from memory', async () => {
    const gate = deferred<undefined>()
    const measured: string[] = []
    const studio = await openedOwn({
      try: async (recipe) => {
        if (measured.length === 1) await gate.promise
        measured.push(effectKey(recipe))
        return { size: { zipped: 150, reportBytes: 30 }, measure: accuracy(90 - measured.length) }
      },
    })
    const { commands, history, store } = studio
    void commands.startSmall()
    const kept = () =>
      [...history.stored.values()].flatMap(({ onData }) =>
        Object.values(onData).flatMap(({ search }) => search ?? []),
      )
    await vi.waitFor(() => {
      expect(kept()).toMatchObject([{ done: 1, goal: { kind: 'loss', most: 0.005 } }])
    })
    const [{ best } = { best: null }] = kept()
    expect(best).not.toBeNull()
    await commands.closeModel()
    expect(store.getState().makeSmall).toEqual({ state: 'idle' })
    gate.resolve(undefined)

    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await settled(studio)
    await vi.waitFor(() => {
      expect(store.getState().makeSmall).toMatchObject({
        ...{ state: 'cutShort', done: 1, goal: { kind: 'loss', most: 0.005 } },
        best: { recipe: best },
      })
    })
    const before = [...measured]
    await commands.goOnSmall()
    expect(store.getState().makeSmall.state).toBe('done')
    expect(before.length).toBeGreaterThan(0)
    expect(measured.slice(before.length)).not.toContain(before[0])
    await vi.waitFor(() => {
      expect(kept()).toEqual([])
    })
  })

  it('that runs in another tab is said to, and is offered once that tab is closed', async () => {
    vi.stubGlobal('navigator', { locks: fakeLocks() })
    const studio = await openedOwn()
    const { commands, history, store } = studio
    await vi.waitFor(() => {
      expect(pointsOf(studio)).toBe(1)
    })
    const [entry] = [...history.stored]
    if (entry === undefined) throw new Error('nothing is kept')
    const [model, stored] = entry
    const end = await holdSearch('theirs')
    const search: KeptSearch = {
      ...{ goal: { kind: 'loss', most: 0.005 }, base: defaultRecipe, best: withBits(4) },
      ...{ done: 3, total: 25, trained: 0, runner: 'theirs' },
    }
    const searches = () =>
      [...history.stored.values()].flatMap(({ onData }) =>
        Object.values(onData).flatMap((on) => on.search ?? []),
      )
    /** As the other tab writes it. */
    const writes = (change: Partial<KeptSearch>): void => {
      const onData = Object.fromEntries(
        Object.entries(stored.onData).map(([key, on]) => [
          key,
          { ...on, search: { ...search, ...change } },
        ]),
      )
      history.stored.set(model, { ...stored, onData })
    }
    await commands.closeModel()
    writes({})
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(store.getState().makeSmall).toMatchObject({ state: 'elsewhere', done: 3 })
    })
    // It goes on there; what is tried here takes nothing from it.
    writes({ done: 9 })
    commands.useRecipe(withBits(5))
    await vi.waitFor(() => {
      expect(pointsOf(studio)).toBe(2)
    })
    expect(searches()).toMatchObject([{ done: 9, runner: 'theirs' }])
    end()
    await vi.waitFor(() => {
      expect(store.getState().makeSmall).toMatchObject({ state: 'cutShort', done: 9 })
    })
    vi.unstubAllGlobals()
  })

  it('is held by its tab until its end is written', async () => {
    const locks = fakeLocks()
    vi.stubGlobal('navigator', { locks })
    const gate = deferred<undefined>()
    const { commands, history, store } = await openedOwn({
      try: async () => {
        await gate.promise
        return { size: { zipped: 150, reportBytes: 30 }, measure: accuracy(90) }
      },
    })
    const searched = commands.startSmall()
    const kept = () => JSON.stringify([...history.stored.values()])
    const held = async () =>
      (await locks.query()).held.filter(({ name }) => name.includes('.search.'))
    await vi.waitFor(async () => {
      expect(await held()).toHaveLength(1)
    })
    gate.resolve(undefined)
    await searched
    expect(store.getState().makeSmall.state).toBe('done')
    expect(await held()).toHaveLength(1)
    await vi.waitFor(async () => {
      expect(await held()).toHaveLength(0)
    })
    expect(kept()).not.toContain('runner')
    vi.unstubAllGlobals()
  })

  it('says after a closed tab how many of its settings were trained', async () => {
    const studio = await openedOwn()
    const { commands, history, store } = studio
    store.getState().setMakeSmall({
      ...{ state: 'cutShort', goal: { kind: 'loss', most: 0.005 }, base: defaultRecipe },
      ...{ best: null, done: 9, total: 25, trained: 2 },
    })
    await vi.waitFor(() => {
      expect(JSON.stringify([...history.stored.values()])).toContain('"trained":2')
    })
    await commands.closeModel()
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(store.getState().makeSmall).toMatchObject({ state: 'cutShort', done: 9, trained: 2 })
    })
  })

  it('that the person has put away is not offered again', async () => {
    const studio = await openedOwn()
    const { commands, history, store } = studio
    const run = { goal: { kind: 'bytes', most: 10 }, base: defaultRecipe } as const
    store.getState().setMakeSmall({
      ...run,
      state: 'cutShort',
      best: null,
      ...{ done: 3, total: 25, trained: 0 },
    })
    const kept = () => JSON.stringify([...history.stored.values()])
    await vi.waitFor(() => {
      expect(kept()).toContain('"most":10')
    })
    await commands.closeSmall()
    await vi.waitFor(() => {
      expect(kept()).not.toContain('"most":10')
    })
  })
})
