import { StudioError } from '../../core/errors'
import type { KeptDataFiles } from '../keeping/kept-data'
import { whyNotKept } from '../keeping/not-kept'
import { attachedIn } from '../store/data-in'
import type { CommandContext } from './command-world'
import { reasonNotKept } from './reason-not-kept'

/** People's own data over a reload: only where they ask for it. */
export function createDataKeeping({ held, storage, store }: CommandContext) {
  /** What data belongs to: the model that was opened first. */
  function openedFiles(): readonly File[] {
    return held.origin?.files ?? held.files
  }

  /** Whether what is attached is what is kept: other files may have the same name. */
  async function look(files: readonly File[]): Promise<void> {
    const holds = await storage.holds(files).catch(() => false)
    const name = attachedIn(store.getState().data)?.name
    if (held.data?.kind !== 'own' || held.data.files !== files || name === undefined) return
    if (holds) store.getState().setKeptName(name)
    else if (store.getState().keptName === name) store.getState().setKeptName(null)
  }

  /** Stores the attached data; a full or forbidden storage is told, and nothing is kept. */
  async function keep(): Promise<void> {
    const data = attachedIn(store.getState().data)
    if (held.data?.kind !== 'own' || data === null) return
    const { files, choices, settings } = held.data
    store.getState().endProblem('data')
    try {
      await storage.keep({ name: data.name, files, choices, settings }, openedFiles())
      store.getState().setKeptName(data.name)
    } catch (thrown) {
      const needed = files.reduce((sum, { size }) => sum + size, 0)
      const reason = reasonNotKept(await whyNotKept(thrown, needed))
      const error = new StudioError('data/not-kept', { dataset: data.name, reason })
      store.getState().showProblem(error.toData(), 'data')
      await forget()
    }
  }

  async function forget(): Promise<void> {
    // The page says so once it is true.
    const own = held.data?.kind === 'own' ? held.data.files : null
    await storage.forget(openedFiles(), own).catch(() => undefined)
    store.getState().setKeptName(null)
  }

  /** What an earlier visit kept with the open model; the page says whether there is any. */
  async function found(): Promise<KeptDataFiles | null> {
    const kept = await storage.load(openedFiles())
    store.getState().setKeptName(kept?.name ?? null)
    return kept
  }

  return { keep, forget, look, found }
}
