import { drain } from '../../protocol/drain'
import type { ExportTarget } from '../../core/model-summary'
import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import { freshnessOf, resultOf, withCandidate } from '../store/candidates-slice'
import type { Candidate } from '../store/candidates-slice'
import type { CommandContext } from './command-world'
import { createBackground } from './in-background'
import { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'

/** A name is a line. */
const MOST_CHARACTERS = 60

export interface CandidateParts {
  readonly trained: TrainedCommands
  readonly downloadSettings: (recipe: Recipe, target: ExportTarget) => Promise<void>
}

/** Settings that are compared side by side: pinned by the person, measured one after the other in the background. */
export function createCandidateCommands(context: CommandContext, parts: CandidateParts) {
  const { store } = context
  const background = createBackground(context, parts.trained, 'makeSmall')
  let running: { readonly key: string; readonly controller: AbortController } | null = null

  const find = (key: string): Candidate | null =>
    store.getState().candidates.find((one) => one.key === key) ?? null

  function change(key: string, to: Partial<Candidate>): void {
    const { candidates, setCandidates } = store.getState()
    setCandidates(candidates.map((one) => (one.key === key ? { ...one, ...to } : one)))
  }

  /** The next one that waits, until none does. */
  async function measureAll(): Promise<void> {
    while (running === null) {
      const { candidates, candidateWork } = store.getState()
      const next = candidates.find(({ key }) => candidateWork[key]?.state === 'waits')
      if (next === undefined) return
      await measure(next)
    }
  }

  async function measure({ key, recipe }: Candidate): Promise<void> {
    const controller = new AbortController()
    running = { key, controller }
    const { signal } = controller
    const leave = background.whileSame(controller)
    const show = (done: number, total: number): void => {
      if (!signal.aborted)
        store.getState().setCandidateWork(key, { state: 'measuring', done, total })
    }
    try {
      const figures = await background.whenFree(
        'candidate',
        async (client, lifetime) => {
          await parts.trained.ensure(context.call, recipe)
          const events = await client.measure.candidate({ recipe }, { signal: lifetime })
          return drain(events, ({ done, total }) => {
            show(done, total)
          })
        },
        signal,
        new TimeLeft(context.now),
        (waits) => {
          if (waits) store.getState().setCandidateWork(key, { state: 'waits' })
          else show(0, 0)
        },
      )
      // What was answered after the end is of a model or data that may be gone.
      signal.throwIfAborted()
      const result = resultOf(figures, store.getState().data)
      change(key, { result, isOfOtherArithmetic: false })
      store.getState().setCandidateWork(key, null)
    } catch (thrown) {
      const error = readEngineError(thrown)
      const isOver = signal.aborted || error.code === 'engine/cancelled'
      store
        .getState()
        .setCandidateWork(key, isOver ? null : { state: 'failed', error: error.toData() })
    } finally {
      leave()
      running = null
    }
  }

  function want(key: string): void {
    store.getState().setCandidateWork(key, { state: 'waits' })
    void measureAll()
  }

  return {
    /** Holds on to settings, and measures them; a fifth one is not taken. */
    pinCandidate: (recipe: Recipe): void => {
      const { candidates, model, setCandidates } = store.getState()
      const pinned = withCandidate(candidates, recipe)
      const last = pinned.at(-1)
      if (model === null || last === undefined || pinned === candidates) return
      setCandidates(pinned)
      want(last.key)
    },
    unpinCandidate: (key: string): void => {
      if (running?.key === key) running.controller.abort()
      const { candidates, setCandidates, setCandidateWork } = store.getState()
      setCandidates(candidates.filter((one) => one.key !== key))
      setCandidateWork(key, null)
    },
    nameCandidate: (key: string, name: string): void => {
      change(key, { name: name.trim().slice(0, MOST_CHARACTERS) })
    },
    /** Once more: on the data that is attached now, or after a failure. */
    measureCandidate: (key: string): void => {
      if (find(key) !== null && running?.key !== key) want(key)
    },
    /** All that have no figures of what is open now. */
    measureCandidates: (): void => {
      const state = store.getState()
      for (const one of state.candidates)
        if (freshnessOf(one, state) !== 'current' && running?.key !== one.key) want(one.key)
    },
    /** Its file; the settings of the controls stay as they are. */
    downloadCandidate: async (key: string, target: ExportTarget): Promise<void> => {
      const found = find(key)
      if (found !== null) await parts.downloadSettings(found.recipe, target)
    },
  }
}
