import type { OutputMeaning } from '../../core/output-meaning'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import { readOutputsIn } from './bring-in'
import type { CommandContext } from './command-world'
import type { PreviewCommands } from './preview-commands'

/** What the outputs of the open model are taken for: the guess, or what the person says. */
export function createMeaningCommands(context: CommandContext, preview: PreviewCommands) {
  const { held, store } = context
  const tell = (call: EngineCall): Promise<void> =>
    call('meaning', (client, signal) => readOutputsIn({ client, signal }, held.meaning))
  return {
    readOutputsAs: async (meaning: OutputMeaning): Promise<void> => {
      preview.clear()
      held.meaning = meaning
      try {
        await tell(context.call)
        // What was measured of another meaning stands on another scale.
        store.setState({ measure: null, originalMeasure: null })
      } catch (thrown) {
        const error = readEngineError(thrown)
        if (error.code !== 'engine/cancelled')
          store.getState().showProblem(error.toData(), 'measuring')
      }
      preview.refresh()
    },
    /** After a restart of the engine. */
    restoreMeaning: async (call: EngineCall): Promise<void> => {
      if (held.meaning !== null) await tell(call)
    },
  }
}
