import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import type { EngineTraffic } from '../engine-link/engine-traffic'
import { dataKey } from '../store/data-in'
import { effectKey, recipeKey } from '../store/recipe-slice'
import { dropIn, openRemediesIn } from '../store/remedies-in'
import { shownWorks } from '../store/shown-works'
import type { StudioState } from '../store/store'
import type { CommandContext } from './command-world'
import type { TrainedCommands } from './trained-commands'

/** So long nothing may have happened. */
const QUIET_MS = 3000

/**
 * Tries what may take a drop away while nothing else goes on, so that the gains are there when somebody looks. Whatever
 * a person does, or the page for them, ends it at once; what was measured by then stays with all that was tried.
 * @param call of the engine itself, past those that everybody else asks by
 */
export async function watchForRemedies(
  context: CommandContext,
  trained: TrainedCommands,
  call: EngineCall,
  traffic: EngineTraffic,
): Promise<void> {
  const { store } = context
  const presence = await context.presence()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null
  /** Settings that could not be measured, by what they are of: nobody asks for them twice. */
  const refused = new Set<string>()

  store.subscribe((state, before) => {
    // Its own doing is no reason to begin anew.
    if (isSameGround(state, before)) return
    look()
  })
  traffic.watch(look)
  presence.watch(look)
  look()

  function look(): void {
    clearTimeout(timer)
    if (!mayTry()) {
      running?.abort()
      return
    }
    if (running === null) timer = setTimeout(() => void tryAll(), QUIET_MS)
  }

  function mayTry(): boolean {
    const state = store.getState()
    if (!state.look.triesRemedies || state.model === null || state.engine.state !== 'ready')
      return false
    if (traffic.busy || !presence.isThere() || state.tour !== null) return false
    if (state.phase !== 'idle' || recipeKey(state.recipe) !== recipeKey(state.committed))
      return false
    if (state.workWaits.length > 0 || shownWorks(state).length > 0) return false
    const drop = dropIn(state)
    return drop !== null && 100 * drop.lost > state.look.accuracy.allowedLoss
  }

  function wantedIn(state: StudioState): readonly Recipe[] {
    return openRemediesIn(state)
      .map(({ recipe }) => recipe)
      .filter((recipe) => !refused.has(refusalKey(state, recipe)))
  }

  async function tryAll(): Promise<void> {
    const wanted = wantedIn(store.getState())
    if (wanted.length === 0 || !mayTry()) return
    const controller = new AbortController()
    running = controller
    try {
      for (const [done, recipe] of wanted.entries()) {
        store.getState().setRemedyTrial({ done, total: wanted.length })
        await tryOne(recipe, controller.signal)
        if (controller.signal.aborted) return
      }
    } finally {
      running = null
      store.getState().setRemedyTrial(null)
      look()
    }
  }

  async function tryOne(recipe: Recipe, signal: AbortSignal): Promise<void> {
    const key = refusalKey(store.getState(), recipe)
    try {
      const { measure, size } = await call('try', async (client, lifetime) => {
        await trained.ensure(call, recipe)
        return client.recipe.try({ recipe }, { signal: AbortSignal.any([lifetime, signal]) })
      })
      if (signal.aborted) return
      if (measure === null) refused.add(key)
      else store.getState().addTried({ key: effectKey(recipe), recipe, size, measure })
    } catch (thrown) {
      // Nobody asked for it, so nobody is told; not so a worker that dies, which its session tells.
      if (!signal.aborted && readEngineError(thrown).code !== 'engine/cancelled') refused.add(key)
    }
  }
}

function refusalKey({ data, model }: StudioState, recipe: Recipe): string {
  return JSON.stringify([model?.name, dataKey(data), effectKey(recipe)])
}

/** Whether nothing has happened but that a remedy was measured. */
function isSameGround(state: StudioState, before: StudioState): boolean {
  const keys = Object.keys(state) as (keyof StudioState)[]
  return keys.every((key) => key === 'remedyTrial' || key === 'tried' || state[key] === before[key])
}
