import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import type { TabMark } from '../keeping/tab-mark'
import type { ListedSession } from '../keeping/kept-list'
import { fetchSample } from '../files/samples'
import { readLink } from '../keeping/settings-link'
import { openFound } from './open-found'
import type { FoundNeighbours } from './open-found'

/** Opening what an address names, or what an earlier visit left. */
export function createRestoreCommands(context: CommandContext, neighbours: FoundNeighbours) {
  const { sessions, store } = context

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

  async function restore(id: string, name: string, mark: TabMark | null): Promise<void> {
    // Before it is read, so that no other tab makes room of it.
    const isOwn = await sessions.hold(id).catch(() => true)
    if (!isFree()) return
    const isOpen = await openFound(context, neighbours, {
      name,
      id: isOwn ? id : null,
      load: (loadSample) => sessions.load(id, loadSample),
      recipeFor: (found) => (mark?.mark === found.mark ? mark : found.session.place).recipe,
    })
    if (!isOpen && store.getState().model === null) sessions.letGo()
  }

  async function forget(work: () => Promise<void>): Promise<void> {
    await told(work)
    // A run goes with its model.
    const { interrupted, setInterrupted } = store.getState()
    if (interrupted !== null && (await context.runs.loadInterrupted()) === null)
      setInterrupted(null)
  }

  return {
    /** Opens the sample and the settings that an address names; nothing where it names none. */
    openLink: (hash: string): Promise<void> =>
      told(async () => {
        const link = await readLink(hash)
        if (link !== null)
          await neighbours.open.openSample(await fetchSample(link.sampleId), link.recipe)
      }),
    /** Opens what this tab had open before it was reloaded. */
    restoreTab: (mark: TabMark): Promise<void> =>
      told(() => restore(mark.id, mark.modelName, mark)),
    /** Opens what an earlier visit, or another tab, left. */
    continueWith: ({ id, name }: ListedSession): Promise<void> =>
      told(() => restore(id, name, null)),
    forgetListed: ({ id }: ListedSession): Promise<void> => forget(() => sessions.forget(id)),
    forgetAllListed: (): Promise<void> => forget(() => sessions.forgetAll()),
  }
}
