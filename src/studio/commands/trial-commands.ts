import type { DataSummary, PreparationTrial } from '../../protocol/data-messages'
import { drain } from '../../protocol/drain'
import { readEngineError } from '../engine-link/engine-error'
import { matchOf } from './classes-by-name'
import { attachedIn } from '../store/data-in'
import type { CommandContext } from './command-world'
import { TimeLeft } from './time-left'
import type { PreviewCommands } from './preview-commands'

/** The search for how a model was trained to be shown samples, and for the order of its classes. */
export function createTrialCommands(context: CommandContext, preview: PreviewCommands) {
  const { store } = context
  let trying: AbortController | null = null
  /** Whether this data was searched already: nobody is searched for twice without being asked. */
  let searched = false

  function attached(): DataSummary | null {
    return attachedIn(store.getState().data)
  }

  /** Measures the original under each common preparation and each order of its classes. */
  async function tryPreparations(): Promise<void> {
    const data = attached()
    if (data === null) return
    preview.clear()
    trying?.abort()
    searched = true
    const controller = new AbortController()
    trying = controller
    const trials: PreparationTrial[] = []
    const timeLeft = new TimeLeft(context.now)
    store.getState().endProblem('data')
    store.getState().setTrial({ state: 'running', trials, msLeft: null })
    const names = store.getState().outputNames
    const named = names === null ? null : matchOf(data, names).map
    try {
      await context.call(
        'try',
        async (client, signal) => {
          await drain(await client.data.tryPreparations({ named }, { signal }), (trial) => {
            trials.push(trial)
            const msLeft = timeLeft.after(trial)
            store.getState().setTrial({ state: 'running', trials: [...trials], msLeft })
          })
        },
        controller.signal,
      )
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (error.code !== 'engine/cancelled') store.getState().showProblem(error.toData(), 'data')
    }
    if (trying === controller) {
      trying = null
      store.getState().setTrial({ state: 'done', trials })
      preview.refresh()
    }
  }

  return {
    tryPreparations,
    /** The search runs by itself once for each data, where the original only guesses. */
    searchOnce: async (): Promise<void> => {
      if (!searched) await tryPreparations()
    },
    /** What was found so far stays. */
    cancelTrial: (): void => {
      trying?.abort()
    },
    closeTrial: (): void => {
      store.getState().setTrial({ state: 'idle' })
    },
    /** Other data: nothing is known of it. */
    forgetTrial: (): void => {
      searched = false
      trying?.abort()
      trying = null
      store.getState().setTrial({ state: 'idle' })
    },
  }
}

export type TrialCommands = ReturnType<typeof createTrialCommands>
