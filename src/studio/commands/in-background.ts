import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineClient } from '../../protocol/client'
import { endsTheWorker } from '../engine-link/restart-policy'
import { dataKey } from '../store/data-in'
import { pairs } from '../store/long-works'
import type { BackgroundWork } from '../store/long-works'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
import { shownWorks } from '../store/shown-works'
import type { StudioState } from '../store/store'
import type { CommandContext } from './command-world'
import type { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'
import { untilState } from './until-state'

/** Work that measures many settings one after the other while the person does something else. */
export function createBackground(
  context: CommandContext,
  trained: TrainedCommands,
  work: BackgroundWork,
  /** Whether the work itself is to stand still for now. */
  isHeld: (state: StudioState) => boolean = () => false,
) {
  const { store } = context

  /** Whether the person waits for something that measures too. */
  function isBusy(state: StudioState): boolean {
    return isHeld(state) || shownWorks(state).some((other) => pairs[other][work] === 'wait')
  }

  /** Resolves once nothing else is measured, or the signal is aborted. */
  function untilFree(signal: AbortSignal): Promise<void> {
    return untilState(store, (state) => !isBusy(state), signal)
  }

  /** What the engine answers; null where something more urgent came between. */
  async function attempt<Result>(
    name: string,
    ask: (client: EngineClient, signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<{ readonly result: Result } | null> {
    const own = new AbortController()
    const unsubscribe = store.subscribe((state) => {
      if (isBusy(state)) own.abort()
    })
    try {
      return { result: await context.call(name, ask, AbortSignal.any([own.signal, signal])) }
    } catch (thrown) {
      const { code } = readEngineError(thrown)
      const isInterrupted = own.signal.aborted || endsTheWorker(code)
      if (signal.aborted || !isInterrupted) throw thrown
      return null
    } finally {
      unsubscribe()
    }
  }

  /**
   * The same as often as it takes, whenever nothing else is measured.
   * @param show told whether it waits
   * @throws StudioError 'engine/cancelled' once the signal is aborted
   */
  async function whenFree<Result>(
    name: string,
    ask: (client: EngineClient, signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
    timeLeft: TimeLeft,
    show: (waits: boolean) => void,
  ): Promise<Result> {
    for (;;) {
      show(isBusy(store.getState()))
      const waited = context.now()
      await untilFree(signal)
      signal.throwIfAborted()
      timeLeft.leaveOut(context.now() - waited)
      show(false)
      const began = context.now()
      const found = await attempt(name, ask, signal)
      if (found !== null) return found.result
      timeLeft.leaveOut(context.now() - began)
    }
  }

  return {
    untilFree,
    whenFree,
    /** Measures settings, and remembers them as tried; null where they cannot be measured. */
    measure: async (
      recipe: Recipe,
      signal: AbortSignal,
      timeLeft: TimeLeft,
      show: (waits: boolean) => void,
    ): Promise<TriedPoint | null> => {
      const { measure, size } = await whenFree(
        'try',
        async (client, lifetime) => {
          await trained.ensure(context.call, recipe)
          return client.recipe.try({ recipe }, { signal: lifetime })
        },
        signal,
        timeLeft,
        show,
      )
      // What was answered after the end is of a model that may be gone.
      signal.throwIfAborted()
      if (measure === null) return null
      const point = { key: effectKey(recipe), recipe, size, measure }
      store.getState().addTried(point)
      return point
    },
    /** Other data or another model ends the work: its points would not be comparable. */
    whileSame: (controller: AbortController): (() => void) => {
      const { files } = context.held
      const key = dataKey(store.getState().data)
      return store.subscribe((state, before) => {
        if (state.model === before.model && state.data === before.data) return
        // A restarted engine gives the same model a new id, and attaches the same data again.
        const isSame = state.model !== null && context.held.files === files
        if (!isSame || dataKey(state.data) !== key) controller.abort()
      })
    },
  }
}
