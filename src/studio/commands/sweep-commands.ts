import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import { effectKey } from '../store/recipe-slice'
import { sweepPlan } from '../../search/sweep-plan'
import type { SweepKind } from '../../search/sweep-plan'
import type { Recipe } from '../../techniques/recipe'
import { remediesIn } from '../store/remedies-in'
import type { StudioState } from '../store/store'
import { createBackground } from './in-background'
import { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'

/** The settings that are measured, each once. */
function planOf(kind: SweepKind, state: StudioState): readonly Recipe[] {
  if (kind !== 'remedies') return sweepPlan(kind, state.recipe)
  return remediesIn(state).map(({ recipe }) => recipe)
}

/** Measures whole curves in the background; whatever the person does goes first. */
export function createSweepCommands(context: CommandContext, trained: TrainedCommands) {
  const { store } = context
  const background = createBackground(context, trained, 'sweep')
  let running: AbortController | null = null

  return {
    startSweep: async (kind: SweepKind): Promise<void> => {
      const { model } = store.getState()
      if (model === null || running !== null) return
      const controller = new AbortController()
      running = controller
      const { signal } = controller
      const unsubscribe = background.whileSame(controller)
      const known = new Set(store.getState().tried.map(({ key }) => key))
      const plan = planOf(kind, store.getState()).filter(
        (settings) => !known.has(effectKey(settings)),
      )
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
        for (const [done, settings] of plan.entries())
          await background.measure(settings, signal, timeLeft, (waits) => {
            show(done, waits)
          })
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
