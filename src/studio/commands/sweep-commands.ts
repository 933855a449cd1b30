import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import { endsTheWorker } from '../engine-link/restart-policy'
import { dataKey } from '../store/data-in'
import { pairs } from '../store/long-works'
import { shownWorks } from '../store/shown-works'
import { effectKey } from '../store/recipe-slice'
import type { StudioState } from '../store/store'
import { sweepPlan } from '../../search/sweep-plan'
import type { SweepKind } from '../../search/sweep-plan'
import type { Recipe } from '../../techniques/recipe'
import { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'

/** Whether the person waits for something that measures too. */
function isBusy(state: StudioState): boolean {
  return shownWorks(state).some((work) => pairs[work].sweep === 'wait')
}

/** Measures whole curves in the background; whatever the person does goes first. */
export function createSweepCommands(context: CommandContext, trained: TrainedCommands) {
  const { store } = context
  let running: AbortController | null = null

  /** Resolves once nothing else is measured, or the signal is aborted. */
  function untilFree(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (isBusy(store.getState()) && !signal.aborted) return
        unsubscribe()
        signal.removeEventListener('abort', look)
        resolve()
      }
      const unsubscribe = store.subscribe(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  /** Measures settings; null where something more urgent came between. */
  async function attempt(recipe: Recipe, signal: AbortSignal) {
    const own = new AbortController()
    const unsubscribe = store.subscribe((state) => {
      if (isBusy(state)) own.abort()
    })
    try {
      return await context.call(
        'try',
        async (client, lifetime) => {
          await trained.ensure(context.call, recipe)
          return client.recipe.try({ recipe }, { signal: lifetime })
        },
        AbortSignal.any([own.signal, signal]),
      )
    } catch (thrown) {
      const { code } = readEngineError(thrown)
      const isInterrupted = own.signal.aborted || endsTheWorker(code)
      if (signal.aborted || !isInterrupted) throw thrown
      return null
    } finally {
      unsubscribe()
    }
  }

  /** Other data or another model ends a sweep: its points would not be comparable. */
  function whileSame(controller: AbortController): () => void {
    const { files } = context.held
    const key = dataKey(store.getState().data)
    return store.subscribe((state, before) => {
      if (state.model === before.model && state.data === before.data) return
      // A restarted engine gives the same model a new id, and attaches the same data again.
      const isSame = state.model !== null && context.held.files === files
      if (!isSame || dataKey(state.data) !== key) controller.abort()
    })
  }

  return {
    startSweep: async (kind: SweepKind): Promise<void> => {
      const { model, recipe } = store.getState()
      if (model === null || running !== null) return
      const controller = new AbortController()
      running = controller
      const { signal } = controller
      const unsubscribe = whileSame(controller)
      const known = new Set(store.getState().tried.map(({ key }) => key))
      const plan = sweepPlan(kind, recipe).filter((settings) => !known.has(effectKey(settings)))
      const timeLeft = new TimeLeft(context.now)
      const show = (done: number, waits: boolean): void => {
        store.getState().setSweep({
          state: 'running',
          kind,
          done,
          total: plan.length,
          waits,
          msLeft: timeLeft.after({ done, total: plan.length }),
        })
      }
      store.getState().setTab('accuracy')
      try {
        for (const [done, settings] of plan.entries()) {
          for (;;) {
            show(done, isBusy(store.getState()))
            const waited = context.now()
            await untilFree(signal)
            if (signal.aborted) return
            timeLeft.leaveOut(context.now() - waited)
            show(done, false)
            const began = context.now()
            const found = await attempt(settings, signal)
            if (found === null) {
              timeLeft.leaveOut(context.now() - began)
              continue
            }
            const { measure, size } = found
            if (measure !== null)
              store
                .getState()
                .addTried({ key: effectKey(settings), recipe: settings, size, measure })
            break
          }
        }
        store.getState().announce(context.say('spoken.sweepEnded', { count: plan.length }))
      } catch (thrown) {
        const error = readEngineError(thrown)
        if (!signal.aborted && error.code !== 'engine/cancelled')
          store.getState().setSweep({ state: 'failed', kind, error: error.toData() })
      } finally {
        unsubscribe()
        running = null
        if (store.getState().sweep.state === 'running') store.getState().setSweep({ state: 'idle' })
      }
    },
    /** What was measured stays. */
    cancelSweep: (): void => {
      running?.abort()
      store.getState().setSweep({ state: 'idle' })
    },
  }
}
