import { StudioError } from '../../core/errors'
import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import type { KeptSession } from '../keeping/kept-session'
import { fetchSamples } from '../files/samples'
import type { Sample } from '../files/samples'
import { readLink } from '../keeping/settings-link'
import type { DataCommands } from './data-commands'
import type { OpenCommands } from './open-commands'

interface Neighbours {
  readonly open: OpenCommands
  readonly data: DataCommands
}

/** Opening what an address names, or what an earlier visit left. */
export function createRestoreCommands(context: CommandContext, { open, data }: Neighbours) {
  const { store } = context

  async function sampleOf(id: string): Promise<Sample> {
    const samples = await fetchSamples()
    const found = samples.find((sample) => sample.id === id)
    if (found !== undefined) return found
    throw new StudioError('recipe/link-sample', {
      expected: samples.map((sample) => sample.id).join(', '),
      found: id,
    })
  }

  /** Whatever the person opens meanwhile goes first. */
  function isFree(): boolean {
    const { model, opening } = store.getState()
    return model === null && opening.state === 'idle'
  }

  async function told(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      store.getState().showProblem(readEngineError(thrown).toData(), 'opening')
    }
  }

  return {
    /** Opens the sample and the settings that an address names; nothing where it names none. */
    openLink: (hash: string): Promise<void> =>
      told(async () => {
        const link = await readLink(hash)
        if (link !== null) await open.openSample(await sampleOf(link.sampleId), link.recipe)
      }),
    /** Opens what was open, with its settings and its data as far as they are kept. */
    restoreSession: ({ modelName, recipe, sampleId }: KeptSession): Promise<void> =>
      told(async () => {
        if (sampleId !== null) {
          const sample = await sampleOf(sampleId)
          if (isFree()) await open.openSample(sample, recipe)
          return
        }
        const model = await context.models.load()
        if (model?.name !== modelName || !isFree()) return
        await open.openFiles(model.files, model.name, recipe, { ...model, data: null })
        // Something else may have been opened in its place.
        if (context.held.files !== model.files) return
        if (model.datasetId !== null) await data.attachData(model.datasetId)
        else if ((await context.storage.load()) !== null) await data.useKeptData()
      }),
  }
}
