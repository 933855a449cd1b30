import type { EngineClient } from '../../protocol/client'
import { drain } from '../../protocol/drain'
import type { CellSettings, SensitivityTable } from '../../search/sensitivity'
import { withCell } from '../../search/apply-cell'
import { targetOfFilters } from '../../search/filter-target'
import type { ChannelTarget } from '../../structure/choose-channels'
import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import { contentKey } from '../keeping/content-key'
import type { SensitivityPlace } from '../keeping/kept-sensitivity'
import { dataKey } from '../store/data-in'
import { layersIn, withLayer } from '../store/sensitivity-slice'
import type { CommandContext } from './command-world'
import { createBackground } from './in-background'
import { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'

/**
 * Asks for what layers bear, and shows it as it comes. What was known before it was left, or is kept from an earlier
 * visit, is not forgotten.
 */
export function askForTable(
  context: CommandContext,
  trained: TrainedCommands,
  recipe: Recipe,
  filters: boolean,
) {
  return async (client: EngineClient, signal: AbortSignal): Promise<SensitivityTable> => {
    const { call, sensitivities, store } = context
    await trained.ensure(call, recipe)
    const place = await placeOf(context, recipe)
    const known = place && (await sensitivities.load(place))
    const request = { recipe, filters, ...(known === null ? {} : { known }) }
    const events = await client.sensitivity.table(request, { signal })
    const { sensitivity, sensitivityOf, setSensitivity } = store.getState()
    let layers = sensitivityOf === recipe.trained ? layersIn(sensitivity) : []
    const table = await drain(events, ({ done, layer, total }) => {
      if (signal.aborted) return
      layers = withLayer(layers, layer)
      setSensitivity({ state: 'running', layers, done, total }, recipe.trained)
    })
    signal.throwIfAborted()
    setSensitivity({ state: 'known', table }, recipe.trained)
    if (place !== null && !(known?.key === table.key && hasFilters(known) === hasFilters(table)))
      // Where it is not kept it is found anew.
      sensitivities.keep(place, table).catch(() => undefined)
    return table
  }
}

/** null where the browser cannot name what files hold. */
async function placeOf(
  { held, store }: CommandContext,
  { trained }: Recipe,
): Promise<SensitivityPlace | null> {
  const { files } = held
  const data = dataKey(store.getState().data)
  const model = await contentKey(files)
  return model === null ? null : { model, data, trained }
}

function hasFilters({ layers }: SensitivityTable): boolean {
  return layers.some(({ filters }) => filters !== null)
}

interface Neighbours {
  readonly trained: TrainedCommands
  readonly useRecipe: (recipe: Recipe) => void
  readonly changeCut: (target: ChannelTarget) => void
}

/** What layers bear, for whoever wants to see it, and settings that follow from it. */
export function createSensitivityCommands(
  context: CommandContext,
  { changeCut, trained, useRecipe }: Neighbours,
) {
  const { store } = context
  const background = createBackground(context, trained, 'makeSmall')
  let running: AbortController | null = null

  function leave(): void {
    running?.abort()
    running = null
    const { sensitivity, sensitivityOf, setSensitivity } = store.getState()
    if (sensitivity.state === 'running')
      setSensitivity({ ...sensitivity, state: 'left' }, sensitivityOf)
  }

  return {
    /** Streams it in; a search that goes on does the same by itself. */
    findSensitivity: async (): Promise<void> => {
      const { makeSmall, model, recipe } = store.getState()
      if (model === null || makeSmall.state === 'running') return
      leave()
      const controller = new AbortController()
      running = controller
      const { signal } = controller
      const unsubscribe = background.whileSame(controller)
      const timeLeft = new TimeLeft(context.now)
      try {
        const ask = askForTable(context, trained, recipe, true)
        await background.whenFree('sensitivity', ask, signal, timeLeft, () => undefined)
      } catch (thrown) {
        const error = readEngineError(thrown)
        if (!signal.aborted && error.code !== 'engine/cancelled')
          store
            .getState()
            .setSensitivity({ state: 'failed', error: error.toData() }, recipe.trained)
      } finally {
        unsubscribe()
        if (running === controller) leave()
      }
    },
    /** What is known so far stays. */
    leaveSensitivity: leave,
    /** Structured pruning is set to take a share of one layer's filters, and shows what would be left. */
    useFilters: (layer: string, share: number): void => {
      store.getState().openCard('structure', true)
      changeCut(targetOfFilters(layer, share))
    },
    /** One layer does as a cell of the map says; what others do stays. */
    useCell: (layer: string, cell: CellSettings): void => {
      const { model, recipe, sensitivity, weights } = store.getState()
      if (model === null) return
      const zeros = new Map(
        weights?.value.layers.map(({ name, pruning }) => [name, pruning?.sparsity ?? 0]),
      )
      const names = layersIn(sensitivity).map((one) => one.layer)
      useRecipe(
        withCell(recipe, layer, cell, new Map(names.map((name) => [name, zeros.get(name) ?? 0]))),
      )
    },
  }
}

export type SensitivityCommands = ReturnType<typeof createSensitivityCommands>
