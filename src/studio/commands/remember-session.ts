import type { CommandContext } from './command-world'

/** What is open and its settings, for the next visit; not for those who want it forgotten. */
export function rememberSession({ held, remember, store }: CommandContext): void {
  const { model, recipe } = store.getState()
  if (model === null || held.forgotten === held.files) return
  remember({ modelName: model.name, sampleId: held.sampleId, recipe })
}
