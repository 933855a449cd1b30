import { StudioError } from '../../core/errors'
import { runSearch } from '../../search/run-search'
import type { Searched } from '../../search/run-search'
import { isBetter } from '../../search/search-goal'
import type { SearchGoal } from '../../search/search-goal'
import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import { isGoingOn } from '../store/make-small-slice'
import type { SmallProgress, SmallRun } from '../store/make-small-slice'
import type { TriedPoint } from '../store/run-slice'
import { recipeKey } from '../store/recipe-slice'
import { foundOf, goalNow, isMet } from '../store/small-figures'
import type { FoundPoint } from '../store/small-figures'
import type { CommandContext } from './command-world'
import { createBackground } from './in-background'
import { searchWorldOf } from './search-world-of'
import { trainFound } from './train-found'
import type { TrainingHands } from './train-found'
import type { TrainedCommands } from './trained-commands'

interface Neighbours {
  readonly trained: TrainedCommands
  /** Goes to settings as a whole. */
  readonly useRecipe: (recipe: Recipe) => void
  /** Somebody looks at the map by themselves: the search shows it from here on. */
  readonly leaveSensitivity: () => void
  readonly training: TrainingHands
}

/** Of an earlier search for the same: the best of it, and how many settings it has trained. */
type Wanted = Pick<SmallRun, 'goal' | 'base' | 'best' | 'trained'>

interface Current {
  readonly controller: AbortController
  /** What the person, or other work, has made of it; null: it goes on, or its ground is gone. */
  ended: 'stopped' | 'cutShort' | null
  /** Whether it is to come to a second half. */
  readonly trains: boolean
  /** Key of the settings that were in use when it began, or that were taken of it since. */
  inUse: string
}

/** The smallest file that keeps to a goal, looked for in the background; whatever the person does goes first. */
export function createMakeSmallCommands(context: CommandContext, neighbours: Neighbours) {
  const { store } = context
  const { leaveSensitivity, trained, training, useRecipe } = neighbours
  const background = createBackground(
    context,
    trained,
    'makeSmall',
    ({ makeSmall }) => isGoingOn(makeSmall) && makeSmall.paused,
  )
  let current: Current | null = null

  function change(part: Partial<SmallRun & SmallProgress>): void {
    const { makeSmall, setMakeSmall } = store.getState()
    if (makeSmall.state === 'running') setMakeSmall({ ...makeSmall, ...part })
  }

  /** The second half, with the run that it is at. */
  function hold(paused: boolean): void {
    const { makeSmall, setMakeSmall } = store.getState()
    if (makeSmall.state !== 'training') return
    setMakeSmall({ ...makeSmall, paused })
    if (paused) training.pauseTraining()
    else training.resumeTraining()
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

  /** What misses the goal is offered, not used. */
  function bestToUse(): Recipe | null {
    const run = runNow()
    return run?.best != null && isMet(run, store.getState().reportPlace) ? run.best.recipe : null
  }

  /** @param stays the person has changed settings meanwhile: what they set last stays, and the best is offered */
  function useBest(stays: boolean): void {
    const found = bestToUse()
    if (found !== null && !stays) useRecipe(found)
    const how = found === null ? 'smallNone' : stays ? 'smallApart' : 'smallEnded'
    store.getState().announce(context.say(`spoken.${how}`))
  }

  const noWait = (waits: boolean): void => {
    change({ waits })
  }

  /** @param before what an earlier second half has found */
  async function toEnd(
    goal: SearchGoal,
    base: Recipe,
    before: TriedPoint | null,
    signal: AbortSignal,
  ): Promise<Searched<FoundPoint>> {
    const steps = runSearch(
      goal,
      base,
      searchWorldOf(context, { background, change, noWait, runNow, trained }, base, signal),
    )
    for (;;) {
      const step = await steps.next()
      if (step.done === true) return step.value
      const { best, done, phase, total } = step.value
      // What was trained earlier is among what was tried for this goal.
      const earlier = runNow()?.trained ?? 0
      const counts = { done: earlier + done, total: earlier + total }
      change({ best: better(goal, best?.found ?? null, before), phase, ...counts })
    }
  }

  /** The second half. */
  async function train(
    searched: Searched<FoundPoint>,
    minutes: number,
    own: Current,
  ): Promise<void> {
    const run = runNow()
    if (run === null) return
    const { signal } = own.controller
    let isTrained = false
    const steps = trainFound(
      context,
      {
        measure: (recipe, timeLeft) => background.measure(recipe, signal, timeLeft, noWait),
        training,
      },
      { best: run.best, goal: run.goal, minutes, searched },
      signal,
    )
    for await (const { best, msLeft, point, round, rounds, training: now } of steps) {
      signal.throwIfAborted()
      isTrained = true
      const last = runNow() ?? run
      const { makeSmall } = store.getState()
      const paused = isGoingOn(makeSmall) && makeSmall.paused
      const more = point === null ? 0 : 1
      store.getState().setMakeSmall({
        ...last,
        ...{ state: 'training', round, rounds, training: now, paused, minutes, msLeft },
        ...{ done: last.done + more, total: last.total + more, trained: last.trained + more },
        best: best.found.point,
      })
    }
    if (!isTrained) throw new StudioError('search/nothing-smaller', {})
  }

  /** @param minutes of training; null: the first half alone */
  async function search(
    { base, best: before, goal, trained: earlier }: Wanted,
    minutes: number | null = null,
  ): Promise<void> {
    const { model, recipe, setMakeSmall } = store.getState()
    if (model === null || current !== null) return
    const run = { goal, base, best: before, done: earlier, total: earlier, trained: earlier }
    if (model.obstacles.run !== null) {
      setMakeSmall({ ...run, state: 'failed', error: model.obstacles.run })
      return
    }
    leaveSensitivity()
    const controller = new AbortController()
    const trains = minutes !== null
    const own: Current = { controller, ended: null, trains, inUse: recipeKey(recipe) }
    current = own
    const { signal } = own.controller
    const unsubscribe = background.whileSame(own.controller)
    // At once, so that what is recalled with other data finds nothing in its place.
    signal.addEventListener('abort', () => {
      if (own.ended === null) setMakeSmall({ state: 'idle' })
    })
    setMakeSmall({
      ...run,
      ...{ state: 'running', phase: 'guess', paused: false, waits: false },
      ...{ trying: null, layers: null, msLeft: null },
    })
    try {
      const searched = await toEnd(goal, base, before, signal)
      if (minutes !== null) await train(searched, minutes, own)
      // Nothing changes under the person's hands.
      await background.untilFree(signal)
      signal.throwIfAborted()
      end('done')
      useBest(recipeKey(store.getState().recipe) !== own.inUse)
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (signal.aborted) return
      // Somebody has cancelled the run that it was at.
      if (error.code === 'engine/cancelled') end('stopped')
      else fail(error)
    } finally {
      unsubscribe()
      current = null
    }
  }

  function leave(own: Current, how: 'stopped' | 'cutShort'): void {
    own.ended = how
    own.controller.abort()
    end(how)
  }

  return {
    startSmall: (): Promise<void> => {
      const state = store.getState()
      return search({ goal: goalNow(state), base: state.recipe, best: null, trained: 0 })
    },
    /** Goes on where it was: what was measured before answers from memory. */
    goOnSmall: async (): Promise<void> => {
      const run = runNow()
      if (run !== null) await search(run)
    },
    pauseSmall: (): void => {
      change({ paused: true, msLeft: null })
      hold(true)
    },
    continueSmall: (): void => {
      change({ paused: false })
      hold(false)
    },
    /** The best so far is in use then. */
    stopSmall: (): void => {
      const own = current
      if (own === null || own.ended !== null) return
      leave(own, 'stopped')
      useBest(false)
    },
    /** Something else takes its ground; it can go on. */
    cutSmallShort: (): void => {
      if (current?.ended === null) leave(current, 'cutShort')
    },
    /** Something else takes the ground of its training, also between two runs. */
    cutWinBackShort: (): void => {
      if (current?.ended === null && current.trains) leave(current, 'cutShort')
    },
    /** Also while it goes on. */
    useSmallBest: (): void => {
      const best = runNow()?.best ?? null
      if (best === null) return
      useRecipe(best.recipe)
      if (current !== null) current.inUse = recipeKey(best.recipe)
    },
    closeSmall: (): void => {
      if (current === null) store.getState().setMakeSmall({ state: 'idle' })
    },
    /** The second half, from what was found. */
    winBack: async (): Promise<void> => {
      const run = runNow()
      if (run !== null) await search(run, store.getState().smallWish.minutes)
    },
  }
}

export type MakeSmallCommands = ReturnType<typeof createMakeSmallCommands>
