import { StudioError } from '../../core/errors'
import { runSearch } from '../../search/run-search'
import type { Searched } from '../../search/run-search'
import { isBetter, meets } from '../../search/search-goal'
import type { SearchGoal } from '../../search/search-goal'
import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import { isGoingOn } from '../store/make-small-slice'
import type { SmallProgress, SmallRun } from '../store/make-small-slice'
import type { TriedPoint } from '../store/run-slice'
import { joinSteps } from '../store/recipe-history'
import { foundOf, goalNow } from '../store/small-figures'
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
  /** What was in use before the second half; null before that. */
  before: Recipe | null
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

  function isMet(goal: SearchGoal, best: TriedPoint): boolean {
    return meets(goal, foundOf(best, store.getState().reportPlace))
  }

  /** What misses the goal is offered, not used. */
  function bestToUse(): Recipe | null {
    const run = runNow()
    const best = run?.best ?? null
    return run !== null && best !== null && isMet(run.goal, best) ? best.recipe : null
  }

  /** One step that can be undone. What was trained was in use meanwhile, and is not left so. */
  function putInUse(found: Recipe | null, { before }: Current): void {
    const wanted = found ?? before
    if (wanted !== null) useRecipe(wanted)
    if (before !== null) joinSteps(store, before)
  }

  function useBest(own: Current): void {
    const found = bestToUse()
    putInUse(found, own)
    store
      .getState()
      .announce(context.say(found === null ? 'spoken.smallNone' : 'spoken.smallEnded'))
  }

  /** It has not come to its end: nothing changes but for what it has changed itself. */
  function takeBack(own: Current): void {
    if (own.before !== null) putInUse(bestToUse(), own)
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
  ): Promise<Searched<FoundPoint> | null> {
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
    own.before = store.getState().recipe
    let isTrained = false
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
    const { model, setMakeSmall } = store.getState()
    if (model === null || current !== null) return
    const run = { goal, base, best: before, done: earlier, total: earlier, trained: earlier }
    if (model.obstacles.run !== null) {
      setMakeSmall({ ...run, state: 'failed', error: model.obstacles.run })
      return
    }
    leaveSensitivity()
    const controller = new AbortController()
    const own: Current = { controller, ended: null, trains: minutes !== null, before: null }
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
      if (minutes !== null && searched !== null) await train(searched, minutes, own)
      // Nothing changes under the person's hands.
      await background.untilFree(signal)
      signal.throwIfAborted()
      end('done')
      useBest(own)
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (signal.aborted) return
      // Somebody has cancelled the run that it was at.
      if (error.code === 'engine/cancelled') end('stopped')
      else fail(error)
      takeBack(own)
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

  function cutShort(own: Current): void {
    leave(own, 'cutShort')
    takeBack(own)
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
      useBest(own)
    },
    /** Something else takes its ground; it can go on. */
    cutSmallShort: (): void => {
      if (current?.ended === null) cutShort(current)
    },
    /** Something else takes the ground of its training, also between two runs. */
    cutWinBackShort: (): void => {
      if (current?.ended === null && current.trains) cutShort(current)
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
      if (run !== null) await search(run, store.getState().smallWish.minutes)
    },
  }
}

export type MakeSmallCommands = ReturnType<typeof createMakeSmallCommands>
