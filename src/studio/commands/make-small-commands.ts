import { StudioError } from '../../core/errors'
import { runSearch } from '../../search/run-search'
import type { Searched } from '../../search/run-search'
import type { SearchWorld } from '../../search/search-world'
import { isBetter, meets } from '../../search/search-goal'
import type { SearchGoal } from '../../search/search-goal'
import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import type { SmallProgress, SmallRun } from '../store/make-small-slice'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
import { foundOf, goalNow } from '../store/small-figures'
import type { FoundPoint } from '../store/small-figures'
import type { CommandContext } from './command-world'
import { createBackground } from './in-background'
import { askForTable } from './sensitivity-commands'
import { TimeLeft } from './time-left'
import type { TrainCommands } from './train-commands'
import { trainFound } from './train-found'
import type { TrainedCommands } from './trained-commands'

interface Neighbours {
  readonly trained: TrainedCommands
  /** Goes to settings as a whole. */
  readonly useRecipe: (recipe: Recipe) => void
  /** Somebody looks at the map by themselves: the search shows it from here on. */
  readonly leaveSensitivity: () => void
  readonly training: Pick<TrainCommands, 'trainWith' | 'cancelTraining'>
}

interface Current {
  readonly controller: AbortController
  /** What the person, or other work, has made of it; null: it goes on, or its ground is gone. */
  ended: 'stopped' | 'cutShort' | null
}

/** The smallest file that keeps to a goal, looked for in the background; whatever the person does goes first. */
export function createMakeSmallCommands(context: CommandContext, neighbours: Neighbours) {
  const { store } = context
  const { leaveSensitivity, trained, training, useRecipe } = neighbours
  const background = createBackground(
    context,
    trained,
    'makeSmall',
    ({ makeSmall }) => makeSmall.state === 'running' && makeSmall.paused,
  )
  let current: Current | null = null

  function change(part: Partial<SmallRun & SmallProgress>): void {
    const { makeSmall, setMakeSmall } = store.getState()
    if (makeSmall.state === 'running') setMakeSmall({ ...makeSmall, ...part })
  }

  /** What there is of a search, without what only matters while it goes on. */
  function runNow(): SmallRun | null {
    const { makeSmall } = store.getState()
    if (makeSmall.state === 'idle') return null
    const { base, best, done, goal, total, trained: count } = makeSmall
    return { base, best, done, goal, total, trained: count }
  }

  function end(state: 'done' | 'stopped' | 'cutShort'): void {
    const run = runNow()
    if (run !== null) store.getState().setMakeSmall({ ...run, state })
  }

  function fail(error: StudioError): void {
    const run = runNow()
    if (run !== null)
      store.getState().setMakeSmall({ ...run, state: 'failed', error: error.toData() })
  }

  /** Settings of a first half that are there again, and trained ones that are better, where there are any. */
  function better(goal: SearchGoal, found: FoundPoint | null, before: TriedPoint | null) {
    if (before === null) return found?.point ?? null
    const earlier = foundOf(before, store.getState().reportPlace)
    return found !== null && isBetter(goal, found, earlier) ? found.point : before
  }

  function isMet(goal: SearchGoal, best: TriedPoint): boolean {
    return meets(goal, foundOf(best, store.getState().reportPlace))
  }

  /** One step that can be undone; what misses the goal is offered, not used. */
  function useBest(): void {
    const run = runNow()
    const best = run?.best ?? null
    if (run === null || best === null || !isMet(run.goal, best)) {
      store.getState().announce(context.say('spoken.smallNone'))
      return
    }
    useRecipe(best.recipe)
    store.getState().announce(context.say('spoken.smallEnded'))
  }

  const noWait = (waits: boolean): void => {
    change({ waits })
  }

  function worldOf(base: Recipe, signal: AbortSignal): SearchWorld<FoundPoint> {
    // One place from the first setting to the last, or sizes could not be compared.
    const place = store.getState().reportPlace
    const layersLeft = new TimeLeft(context.now)
    let triesLeft: TimeLeft | null = null
    let measured = 0
    return {
      sensitivity: async () => {
        const unsubscribe = store.subscribe(({ sensitivity }, before) => {
          if (sensitivity === before.sensitivity || sensitivity.state !== 'running') return
          const { done, total } = sensitivity
          change({ layers: { done, total }, msLeft: layersLeft.after({ done, total }) })
        })
        try {
          const ask = askForTable(context, trained, base, false)
          return await background.whenFree('sensitivity', ask, signal, layersLeft, noWait)
        } finally {
          unsubscribe()
          change({ layers: null, msLeft: null })
        }
      },
      measure: async (recipe) => {
        const key = effectKey(recipe)
        const known = store.getState().tried.find((point) => point.key === key)
        if (known !== undefined) return foundOf(known, place)
        // From the first one that is not known already.
        triesLeft ??= new TimeLeft(context.now)
        change({ trying: recipe })
        const point = await background.measure(recipe, signal, triesLeft, noWait)
        if (point === null) throw new StudioError('search/not-measured', {})
        measured++
        const run = runNow()
        const left = run === null ? 0 : run.total - run.done - 1
        change({
          trying: null,
          msLeft: triesLeft.after({ done: measured, total: measured + left }),
        })
        return foundOf(point, place)
      },
    }
  }

  /** @param before what an earlier second half has found */
  async function toEnd(
    goal: SearchGoal,
    base: Recipe,
    before: TriedPoint | null,
    signal: AbortSignal,
  ): Promise<Searched<FoundPoint> | null> {
    const steps = runSearch(goal, base, worldOf(base, signal))
    for (;;) {
      const step = await steps.next()
      if (step.done === true) return step.value
      const { best, done, phase, total } = step.value
      change({ best: better(goal, best?.found ?? null, before), done, phase, total })
    }
  }

  /** The second half. */
  async function train(
    searched: Searched<FoundPoint>,
    minutes: number,
    signal: AbortSignal,
  ): Promise<void> {
    const run = runNow()
    if (run === null) return
    const steps = trainFound(
      context,
      {
        measure: (recipe, timeLeft) => background.measure(recipe, signal, timeLeft, noWait),
        training,
        useRecipe,
      },
      { best: run.best, goal: run.goal, minutes, searched },
      signal,
    )
    for await (const { best, msLeft, point, round, rounds, training: now } of steps) {
      signal.throwIfAborted()
      const last = runNow() ?? run
      const more = point === null ? 0 : 1
      store.getState().setMakeSmall({
        ...last,
        ...{ state: 'training', round, rounds, training: now, msLeft },
        ...{ done: last.done + more, total: last.total + more, trained: last.trained + more },
        best: best.found.point,
      })
    }
  }

  /** @param minutes of training; null: the first half alone */
  async function search(
    goal: SearchGoal,
    base: Recipe,
    before: TriedPoint | null = null,
    minutes: number | null = null,
  ): Promise<void> {
    const { model, setMakeSmall } = store.getState()
    if (model === null || current !== null) return
    const run = { goal, base, best: before, done: 0, total: 0, trained: 0 }
    if (model.obstacles.run !== null) {
      setMakeSmall({ ...run, state: 'failed', error: model.obstacles.run })
      return
    }
    leaveSensitivity()
    const own: Current = { controller: new AbortController(), ended: null }
    current = own
    const { signal } = own.controller
    const unsubscribe = background.whileSame(own.controller)
    // At once, so that what is recalled with other data finds nothing in its place.
    signal.addEventListener('abort', () => {
      if (own.ended === null) setMakeSmall({ state: 'idle' })
    })
    setMakeSmall({
      ...run,
      ...{ state: 'running', phase: 'sensitivity', paused: false, waits: false },
      ...{ trying: null, layers: null, msLeft: null },
    })
    try {
      const searched = await toEnd(goal, base, before, signal)
      if (minutes !== null && searched !== null) await train(searched, minutes, signal)
      // Nothing changes under the person's hands.
      await background.untilFree(signal)
      signal.throwIfAborted()
      end('done')
      useBest()
    } catch (thrown) {
      const error = readEngineError(thrown)
      // Somebody has cancelled the run that it was at.
      if (!signal.aborted && error.code === 'engine/cancelled') end('stopped')
      else if (!signal.aborted) fail(error)
    } finally {
      unsubscribe()
      current = null
    }
  }

  function leave(how: 'stopped' | 'cutShort'): void {
    if (current === null) return
    current.ended = how
    current.controller.abort()
    end(how)
  }

  return {
    startSmall: (): Promise<void> => {
      const state = store.getState()
      return search(goalNow(state), state.recipe)
    },
    /** Goes on where it was: what was measured before answers from memory. */
    goOnSmall: async (): Promise<void> => {
      const run = runNow()
      if (run !== null) await search(run.goal, run.base, run.best)
    },
    pauseSmall: (): void => {
      change({ paused: true, msLeft: null })
    },
    continueSmall: (): void => {
      change({ paused: false })
    },
    /** The best so far is in use then. */
    stopSmall: (): void => {
      if (current === null) return
      leave('stopped')
      useBest()
    },
    /** Something else takes its ground; it can go on. */
    cutSmallShort: (): void => {
      leave('cutShort')
    },
    /** Also while it goes on. */
    useSmallBest: (): void => {
      const best = runNow()?.best ?? null
      if (best !== null) useRecipe(best.recipe)
    },
    closeSmall: (): void => {
      if (current === null) store.getState().setMakeSmall({ state: 'idle' })
    },
    /** The second half, from what was found. */
    winBack: async (): Promise<void> => {
      const run = runNow()
      if (run !== null)
        await search(run.goal, run.base, run.best, store.getState().smallWish.minutes)
    },
  }
}

export type MakeSmallCommands = ReturnType<typeof createMakeSmallCommands>
