import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe, isOn, stepOf } from '../../techniques/recipe'
import { deferred } from '../engine-link/deferred'
import { sensitivityTable } from '../../../testing/studio/sensitivity-table'
import { figuresOf, openedToSearch, status } from '../../../testing/studio/searched-studio'
import type { Searched } from '../../../testing/studio/searched-studio'
import { accuracy } from '../../../testing/studio/test-data'

const tries = ({ engine }: Searched): number => engine.calls.filter((call) => call === 'try').length

describe('the search for the smallest file', () => {
  it('uses the best settings when it ends, as one step that can be undone', async () => {
    const studio = await openedToSearch()
    const { commands, store } = studio
    const before = store.getState().recipe
    const seen: (string | null)[] = []
    store.subscribe(({ makeSmall }) => {
      if (makeSmall.state === 'running') seen.push(makeSmall.phase)
    })
    await commands.startSmall()
    expect([...new Set(seen)]).toEqual(['guess', 'sensitivity', 'front', 'neighbours'])
    const made = status(studio)
    expect(made).toMatchObject({ state: 'done', goal: { kind: 'loss', most: 0.005 } })
    const best = made.state === 'done' ? made.best : null
    expect(best?.size.zipped).toBe(105)
    expect(store.getState().recipe).toEqual(best?.recipe)
    // What was tried is on the chart.
    expect(store.getState().tried.length).toBe(1 + tries(studio))
    expect(store.getState().announcement).toBe('spoken.smallEnded')
    commands.undo()
    expect(store.getState().recipe).toEqual(before)
    expect(store.temporal.getState().pastStates).toEqual([])
  })

  it('leaves alone what the person has set meanwhile, and offers its best', async () => {
    const other = { ...defaultRecipe, seed: 7 }
    const studio = await openedToSearch({
      try: (recipe) => {
        if (tries(studio) === 2) studio.commands.useRecipe(other)
        return Promise.resolve(figuresOf(recipe))
      },
    })
    const { commands, store } = studio
    await commands.startSmall()
    const made = status(studio)
    expect(made.state === 'done' && made.best?.size.zipped).toBe(105)
    expect(store.getState().recipe).toEqual(other)
    expect(store.getState().announcement).toBe('spoken.smallApart')
    await commands.useSmallBest()
    expect(store.getState().recipe).toEqual(made.state === 'done' ? made.best?.recipe : null)
  })

  it('asks for bytes where those are wanted, and takes what loses least', async () => {
    const studio = await openedToSearch()
    studio.commands.changeSmallWish({ wish: 'bytes' })
    studio.commands.changeSmallBytes(115)
    await studio.commands.startSmall()
    const made = status(studio)
    expect(made).toMatchObject({ state: 'done', goal: { kind: 'bytes', most: 115 } })
    expect(made.state === 'done' && made.best?.size.zipped).toBe(110)
  })

  it('uses nothing by itself where nothing keeps to the goal, and offers what came nearest', async () => {
    const studio = await openedToSearch()
    const { commands, store } = studio
    const before = store.getState().recipe
    commands.changeSmallWish({ wish: 'bytes' })
    commands.changeSmallBytes(5)
    await commands.startSmall()
    const made = status(studio)
    expect(made.state).toBe('done')
    expect(store.getState().recipe).toBe(before)
    expect(store.getState().announcement).toBe('spoken.smallNone')
    await commands.useSmallBest()
    expect(made.state === 'done' && made.best?.recipe).toEqual(store.getState().recipe)
  })

  it('says that nothing smaller was found where all settings are larger than no step', async () => {
    const studio = await openedToSearch({
      try: (recipe) => {
        const { measure } = figuresOf(recipe)
        return Promise.resolve({ measure, size: { zipped: 3260, reportBytes: 2500 } })
      },
    })
    const before = studio.store.getState().recipe
    await studio.commands.startSmall()
    expect(status(studio)).toMatchObject({
      state: 'failed',
      best: null,
      error: { code: 'search/not-smaller' },
    })
    expect(studio.store.getState().recipe).toBe(before)
  })

  it('stands still while it is paused, and measures what it was at again', async () => {
    const gate = deferred<undefined>()
    const studio = await openedToSearch({
      try: async (recipe) => {
        if (tries(studio) === 2) await gate.promise
        return figuresOf(recipe)
      },
    })
    const { commands } = studio
    const searching = commands.startSmall()
    await vi.waitFor(() => {
      expect(tries(studio)).toBe(2)
    })
    await commands.pauseSmall()
    await vi.waitFor(() => {
      expect(status(studio)).toMatchObject({ state: 'running', paused: true, done: 1, waits: true })
    })
    expect(tries(studio)).toBe(2)
    await commands.continueSmall()
    await searching
    const made = status(studio)
    expect(made).toMatchObject({ state: 'done' })
    expect(made.state === 'done' && tries(studio)).toBe(made.state === 'done' && made.done + 1)
  })

  it('uses the best so far when it is stopped, and goes on from memory', async () => {
    const gate = deferred<undefined>()
    const studio = await openedToSearch({
      sensitivity: async function* () {
        const choices = [null, 12, 10, 8, 7, 6, 5, 4, 3, 2] as const
        const cells = choices.map((bits, at) => ({
          ...{ bits, sparsity: 0, bytes: 50 - 4 * at, error: bits === null ? 0 : 0.5 ** bits },
        }))
        const [layer] = sensitivityTable().layers
        if (layer === undefined) throw new Error('no layer')
        const layers = [{ ...layer, cells, measured: [{ bits: 4, sparsity: 0, distance: 0.05 }] }]
        yield await Promise.resolve({ done: 1, total: 1, layer: null })
        return sensitivityTable({ layers })
      },
      try: async (recipe) => {
        const now = status(studio)
        const best = now.state === 'running' ? now.best : null
        if (best?.measure === right) await gate.promise
        const config = stepOf(recipe, 'quantize')?.config
        const bits = isOn(recipe, 'quantize') ? (config?.bits ?? 8) : 32
        const size = { zipped: 100 + bits, reportBytes: 30 }
        return { size, measure: bits < 5 ? accuracy(80) : right }
      },
    })
    const right = accuracy(98)
    const { commands, store } = studio
    const searching = commands.startSmall()
    await vi.waitFor(() => {
      expect(status(studio)).toMatchObject({ best: { measure: right } })
      expect(status(studio)).toMatchObject({ trying: { seed: expect.any(Number) as number } })
    })
    await commands.stopSmall()
    await searching
    const made = status(studio)
    if (made.state !== 'stopped') throw new Error(made.state)
    expect(made.best?.recipe).toEqual(store.getState().recipe)
    gate.resolve(undefined)
    const before = tries(studio)
    await commands.goOnSmall()
    const ended = status(studio)
    if (ended.state !== 'done') throw new Error(ended.state)
    expect(ended.best?.size.zipped).toBe(105)
    // Nothing that was measured is measured again.
    expect(tries(studio) - before).toBe(ended.done - made.done)
  })

  it('gives way to what the person does, and measures the interrupted settings again', async () => {
    const gate = deferred<undefined>()
    const studio = await openedToSearch({
      try: async (recipe) => {
        if (tries(studio) === 1) await gate.promise
        return figuresOf(recipe)
      },
    })
    const searching = studio.commands.startSmall()
    await vi.waitFor(() => {
      expect(tries(studio)).toBe(1)
    })
    studio.store.getState().setPhase('dragging')
    gate.resolve(undefined)
    await vi.waitFor(() => {
      expect(status(studio)).toMatchObject({ waits: true, done: 0 })
    })
    studio.store.getState().setPhase('idle')
    await searching
    expect(status(studio).state).toBe('done')
  })

  it('ends with its model and its data, and is cut short by work that takes its ground', async () => {
    const studio = await openedToSearch({
      try: async (recipe) => {
        if (tries(studio) === 2) await studio.commands.closeModel()
        return figuresOf(recipe)
      },
    })
    await studio.commands.startSmall()
    expect(status(studio)).toEqual({ state: 'idle' })
    expect(studio.store.getState().tried).toEqual([])
  })

  it('tells what no worker can do, and keeps the best so far', async () => {
    const studio = await openedToSearch({
      try: (recipe) =>
        tries(studio) === 2
          ? Promise.reject(
              new StudioError('quantize/non-finite', { tensor: 'dense/kernel', index: 1 }),
            )
          : Promise.resolve(figuresOf(recipe)),
    })
    await studio.commands.startSmall()
    expect(status(studio)).toMatchObject({
      state: 'failed',
      error: { code: 'quantize/non-finite' },
      done: 1,
    })
    const made = status(studio)
    expect(made.state === 'failed' && made.best).not.toBeNull()
  })

  it('says when nothing can be measured', async () => {
    const studio = await openedToSearch({
      try: () => Promise.resolve({ size: { zipped: 1, reportBytes: 0 }, measure: null }),
    })
    await studio.commands.startSmall()
    expect(status(studio)).toMatchObject({
      state: 'failed',
      error: { code: 'search/not-measured' },
    })
  })
})

describe('what layers bear', () => {
  it('comes layer by layer, is known then, and can be left', async () => {
    const gate = deferred<undefined>()
    const table = sensitivityTable()
    const [layer = null] = table.layers
    const studio = await openedToSearch({
      sensitivity: async function* () {
        yield { done: 1, total: 2, layer }
        await gate.promise
        return table
      },
    })
    const { commands, store } = studio
    const looking = commands.findSensitivity()
    await vi.waitFor(() => {
      expect(store.getState().sensitivity).toMatchObject({ state: 'running', done: 1, total: 2 })
    })
    await commands.leaveSensitivity()
    await looking
    expect(store.getState().sensitivity).toMatchObject({ state: 'left', layers: [layer] })
    gate.resolve(undefined)
    await commands.findSensitivity()
    expect(store.getState().sensitivity).toEqual({ state: 'known', table })
  })

  it('is an exception of a layer once a cell is used', async () => {
    const { commands, store } = await openedToSearch()
    await commands.findSensitivity()
    await commands.useCell('dense', { bits: 4, sparsity: 0 })
    expect(stepOf(store.getState().recipe, 'quantize')).toMatchObject({
      enabled: true,
      config: { overrides: { dense: { bits: 4 } } },
    })
    commands.undo()
    expect(isOn(store.getState().recipe, 'quantize')).toBe(false)
  })
})
