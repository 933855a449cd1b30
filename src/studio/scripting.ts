import type { OutputsRequest } from '../protocol/measure-messages'
import type { Recipe } from '../techniques/recipe'
import type { OutputNumbers } from './commands/outputs-command'
import { commands } from './commands/page-commands'
import { useStudio } from './store/store'

/** What the browser's console offers as `compressionStudio`, to check numbers against other runtimes. */
interface StudioScripting {
  /** The settings as they are now. */
  readonly recipe: () => Recipe
  /** Outputs of the original (`recipe: null`) or of the model with a recipe, on the attached data. */
  readonly outputs: (request: OutputsRequest) => Promise<OutputNumbers>
}

/** Puts the handle where a console or a test can reach it. */
export function offerScripting(target: object): void {
  const scripting: StudioScripting = {
    recipe: () => useStudio.getState().recipe,
    outputs: commands.outputs,
  }
  Reflect.set(target, 'compressionStudio', scripting)
}
