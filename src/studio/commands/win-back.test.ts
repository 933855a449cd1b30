import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import { deferred } from '../engine-link/deferred'
import { recipeKey } from '../store/recipe-slice'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample } from '../../../testing/studio/fake-studio'
import { figuresOf, openedToSearch, status } from '../../../testing/studio/searched-studio'
import {
  accuracy,
  trainProgress,
  trainStarted,
  trainValidation,
} from '../../../testing/studio/test-data'

describe('the second half of a search', () => {
  it('trains smaller files, and ends with the best of both halves', async () => {
    let ms = 0
    const studio = await openedToSearch({}, () => (ms += 500))
    const { commands, engine, store } = studio
    commands.changeSmallWish({ wish: 'bytes' })
    commands.changeSmallBytes(110)
    await commands.startSmall()
    const first = status(studio)
    const untrained = first.state === 'done' ? first.best : null
    commands.changeSmallWish({ minutes: 1 })
    const seen: string[] = []
    store.subscribe(({ makeSmall }) => {
      if (makeSmall.state === 'training') seen.push(`round ${makeSmall.round}`)
    })
    engine.calls.length = 0
    await commands.winBack()
    expect(engine.calls).toContain('train new')
    expect(seen).toContain('round 1')
    const made = status(studio)
    expect(made.state).toBe('done')
    if (made.state !== 'done') return
    expect(made.trained).toBeGreaterThan(0)
    const untrainedOnes = made.done - made.trained
    expect(made.best?.size.zipped).toBeLessThanOrEqual(untrained?.size.zipped ?? NaN)
    // The best is in use, and all of it is one step.
    expect(store.getState().recipe).toEqual(made.best?.recipe)
    expect(store.temporal.getState().pastStates.length).toBeLessThanOrEqual(2)
    // The best of all that were tried is the best of those of a third half as well.
    await commands.winBack()
    const again = status(studio)
    if (again.state !== 'done') throw new Error(again.state)
    expect(again.trained).toBeGreaterThan(made.trained)
    expect(again.done - again.trained).toBe(untrainedOnes)
  })

  it('ends with nothing that is larger than the download without any step', async () => {
    let ms = 0
    const trainedOnes: number[] = []
    const studio = await openedToSearch(
      {
        try: (recipe) => {
          if (recipe.trained === undefined) return Promise.resolve(figuresOf(recipe))
          trainedOnes.push(trainedOnes.length)
          // Better, in a file that has grown beyond the 400 bytes that were opened.
          return Promise.resolve({
            size: { zipped: 410, reportBytes: 30 },
            measure: accuracy(99),
          })
        },
      },
      () => (ms += 500),
    )
    const { commands, store } = studio
    commands.changeSmallWish({ wish: 'bytes', minutes: 1 })
    commands.changeSmallBytes(500)
    await commands.startSmall()
    const untrained = store.getState().recipe
    await commands.winBack()
    expect(trainedOnes.length).toBeGreaterThan(0)
    const made = status(studio)
    expect(made.state === 'done' && made.best?.recipe).toEqual(untrained)
    expect(store.getState().recipe).toEqual(untrained)
  })

  it('is stopped with the best so far while it trains', async () => {
    const gate = deferred<undefined>()
    const studio = await openedToSearch({
      train: async function* (_, signal) {
        yield trainStarted()
        await gate.promise
        signal.throwIfAborted()
        throw new StudioError('engine/cancelled', {})
      },
    })
    const { commands, store } = studio
    commands.changeSmallWish({ wish: 'bytes' })
    commands.changeSmallBytes(110)
    await commands.startSmall()
    const first = status(studio)
    const done = commands.winBack()
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('running')
    })
    await commands.stopSmall()
    gate.resolve(undefined)
    await done
    const made = status(studio)
    expect(made.state).toBe('stopped')
    expect(store.getState().training.state).not.toBe('running')
    expect(store.getState().recipe).toEqual(first.state === 'done' ? first.best?.recipe : null)
  })
})

/** A second half whose first run does not end by itself. */
async function winningBack(change: Partial<Answers> = {}) {
  const studio = await openedToSearch({
    train: async function* (_, signal) {
      yield trainStarted()
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve()
        })
      })
      throw new StudioError('engine/cancelled', {})
    },
    ...change,
  })
  const { commands, store } = studio
  commands.changeSmallWish({ wish: 'bytes' })
  commands.changeSmallBytes(110)
  await commands.startSmall()
  const before = store.getState().recipe
  const steps = store.temporal.getState().pastStates.length
  const done = commands.winBack()
  await vi.waitFor(() => {
    expect(status(studio).state).toBe('training')
  })
  return { ...studio, before, done, steps }
}

describe('the second half of a search that does not come to its end', () => {
  it('leaves settings as they are once its run is cancelled', async () => {
    const studio = await winningBack()
    const { before, commands, done, steps, store } = studio
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('running')
    })
    commands.cancelTraining()
    await done
    expect(status(studio).state).toBe('stopped')
    expect(store.getState().recipe).toEqual(before)
    expect(store.temporal.getState().pastStates).toHaveLength(steps)
  })

  it('leaves alone what the person sets meanwhile, between its runs and at its end', async () => {
    const other = { ...defaultRecipe, seed: 7 }
    const seen = new Set<string>()
    let ms = 0
    const studio = await openedToSearch(
      {
        train: async function* ({ recipe }) {
          if (seen.size === 0) studio.commands.useRecipe(other)
          seen.add(recipeKey(studio.store.getState().recipe))
          yield await Promise.resolve(trainStarted())
          const { trained, ...event } = trainValidation(recipe, 1)
          return {
            end: 'finished',
            epoch: 1,
            measure: event.measure,
            recipe: event.recipe,
            trained,
          }
        },
      },
      () => (ms += 500),
    )
    const { commands, store } = studio
    commands.changeSmallWish({ wish: 'bytes', minutes: 1 })
    commands.changeSmallBytes(110)
    await commands.startSmall()
    await commands.winBack()
    const made = status(studio)
    expect(made.state === 'done' && made.trained).toBeGreaterThan(1)
    expect([...seen]).toEqual([recipeKey(other)])
    expect(store.getState().recipe).toEqual(other)
  })

  it('takes a run that was stopped for as long as it was', async () => {
    const asked: number[] = []
    let ms = 0
    const studio = await openedToSearch(
      {
        train: async function* ({ recipe, settings }) {
          asked.push(settings.epochs)
          yield await Promise.resolve(trainStarted())
          // A quarter of its epochs, of half a second each.
          ms += 500 * Math.ceil(settings.epochs / 4)
          yield trainProgress({ progress: Math.ceil(settings.epochs / 4) / settings.epochs })
          const { trained, ...event } = trainValidation(recipe, 1)
          return { end: 'stopped', epoch: 1, measure: event.measure, recipe: event.recipe, trained }
        },
      },
      () => ms,
    )
    const { commands } = studio
    commands.changeSmallWish({ wish: 'bytes', minutes: 1 })
    commands.changeSmallBytes(110)
    await commands.startSmall()
    await commands.winBack()
    // Whatever the stopped ones had planned: at half a second each no more than 120 fit into a minute.
    expect(asked.length).toBeGreaterThan(2)
    expect(Math.max(...asked)).toBeLessThanOrEqual(120)
  })

  it('goes on beside the lesson, which stops its own runs alone', async () => {
    const studio = await winningBack()
    const { commands, done, store } = studio
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('running')
    })
    await commands.beginLesson()
    await commands.goToLessonStep('linear')
    expect(store.getState().lesson?.step).toBe('linear')
    expect(store.getState().training).toMatchObject({ state: 'running', phase: 'going' })
    await commands.stopLessonRun()
    await done
    expect(status(studio).state).toBe('stopped')
  })

  it('stands still between two runs as well while it is paused', async () => {
    const gate = deferred<undefined>()
    const runs: number[] = []
    const studio = await winningBack({
      train: async function* ({ recipe, settings }) {
        runs.push(settings.epochs)
        yield await Promise.resolve(trainStarted())
        if (runs.length === 1) await gate.promise
        const { trained, ...event } = trainValidation(recipe, 1)
        return { end: 'finished', epoch: 1, measure: event.measure, recipe: event.recipe, trained }
      },
    })
    const { commands, done, store } = studio
    await commands.pauseSmall()
    gate.resolve(undefined)
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('done')
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(status(studio)).toMatchObject({ state: 'training', paused: true, trained: 0 })
    expect(runs).toHaveLength(1)
    await commands.continueSmall()
    await done
    expect(status(studio).state).toBe('done')
    expect(runs.length).toBeGreaterThan(1)
  })

  it('makes way for another model, also while nothing is trained', async () => {
    const gate = deferred<undefined>()
    let isHeld = false
    const studio = await winningBack({
      try: async (recipe) => {
        if (isHeld) await gate.promise
        return figuresOf(recipe)
      },
      train: async function* ({ recipe }) {
        isHeld = true
        yield await Promise.resolve(trainStarted())
        const { trained, ...event } = trainValidation(recipe, 1)
        return { end: 'finished', epoch: 1, measure: event.measure, recipe: event.recipe, trained }
      },
    })
    const { commands, done, store } = studio
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('done')
    })
    const opening = commands.openSample(sample)
    await vi.waitFor(() => {
      expect(store.getState().workQuestion).not.toBeNull()
    })
    commands.answerWorkQuestion(true)
    await opening
    await done
    gate.resolve(undefined)
    expect(status(studio).state).toBe('idle')
    expect(store.getState().workWaits).toEqual([])
  })

  it('says where no settings are small enough to be trained', async () => {
    const studio = await openedToSearch()
    studio.commands.changeSmallWish({ wish: 'bytes' })
    studio.commands.changeSmallBytes(5)
    await studio.commands.startSmall()
    const before = studio.store.getState().recipe
    await studio.commands.winBack()
    expect(status(studio)).toMatchObject({
      state: 'failed',
      error: { code: 'search/nothing-smaller' },
    })
    expect(studio.store.getState().recipe).toEqual(before)
  })
})
