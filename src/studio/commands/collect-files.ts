import { isOneZip, withDropped } from '../files/collected-drop'
import { readEngineError } from '../engine-link/engine-error'
import { pairs } from '../store/long-works'
import type { OpeningStatus } from '../store/model-slice'
import { shownWorks } from '../store/shown-works'
import type { CommandContext } from './command-world'

/**
 * Files of a model that arrives in several goes. The engine says what is missing: it alone parses them,
 * and keeps what it has parsed for the next go and for opening.
 * @param open what happens as soon as nothing is missing
 */
export function createCollector(
  { store, call }: CommandContext,
  open: (files: readonly File[], name: string) => Promise<void>,
) {
  let collected: readonly File[] = []
  let looking: AbortController | null = null
  /** What the page shows while the engine looks, unless it shows a model on its way already. */
  let shown: OpeningStatus | null = null

  function startLooking(name: string): AbortController {
    looking?.abort()
    looking = new AbortController()
    if (store.getState().opening.state === 'idle') {
      shown = { state: 'opening', name, progress: null }
      store.getState().setOpening(shown)
    }
    return looking
  }

  function endLooking(): void {
    looking = null
    if (store.getState().opening === shown) store.getState().setOpening({ state: 'idle' })
    shown = null
  }

  function forget(): void {
    looking?.abort()
    endLooking()
    collected = []
    store.getState().setCollected(null)
  }

  /** Opens files that are complete, and says of others what they lack. */
  async function collect(files: readonly File[]): Promise<void> {
    const before = collected
    const name = files[0]?.name ?? ''
    const own = startLooking(name)
    collected = files
    // Nobody is asked to end a run for files that do not open.
    const whole = shownWorks(store.getState()).some((work) => pairs[work].opening === 'ask')
    let missing: readonly string[]
    try {
      missing = await call(
        'open',
        (client, signal) => client.model.missing({ files, whole }, { signal }),
        own.signal,
      )
    } catch (thrown) {
      // Newer files, or nobody waits for these any more.
      if (looking !== own) return
      endLooking()
      if (own.signal.aborted) collected = before
      else {
        forget()
        store.getState().showProblem(readEngineError(thrown).toData(), 'opening')
      }
      return
    }
    if (looking !== own) return
    endLooking()
    if (missing.length > 0) {
      store.getState().setCollected({ received: files.map((file) => file.name), missing })
      return
    }
    forget()
    await open(files, name)
  }

  return {
    isEmpty: () => collected.length === 0,
    /** Adds dropped files to what is there; a zip by itself starts over. */
    add: async (files: readonly File[]): Promise<void> => {
      const zip = await isOneZip(files)
      await collect(zip ? files : withDropped(collected, files))
    },
    remove: async (name: string): Promise<void> => {
      const rest = collected.filter((file) => file.name !== name)
      if (rest.length === 0) forget()
      else await collect(rest)
    },
    forget,
    /** Leaves what was there before the last files. */
    cancel: (): void => {
      looking?.abort()
    },
  }
}
