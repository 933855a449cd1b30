import { OUTPUT_AXES } from '../../formats/format'
import type { CommandContext } from './command-world'
import type { OpenCommands } from './open-commands'

/** Puts right what was told from the names of weights: kept as a file among those of the model, it opens so again. */
export function createOutputAxesCommand(
  { held, store }: CommandContext,
  { openFiles }: Pick<OpenCommands, 'openFiles'>,
) {
  return {
    /** @param axis along which the outputs of a kernel lie, 0 the first */
    setOutputAxis: async (tensor: string, axis: number): Promise<void> => {
      const { model, recipe } = store.getState()
      if (model === null) return
      const before = held.files.find(({ name }) => name === OUTPUT_AXES)
      const known = before === undefined ? {} : axesIn(await before.text())
      const json = JSON.stringify({ output_axes: { ...known, [tensor]: axis } })
      const others = held.files.filter((file) => file !== before)
      await openFiles([...others, new File([json], OUTPUT_AXES)], model.name, recipe)
    },
  }
}

/** As this command has written them; of a file that somebody else made the engine has said what is wrong. */
function axesIn(text: string): object {
  const { output_axes: axes } = JSON.parse(text) as { readonly output_axes?: object }
  return axes ?? {}
}
