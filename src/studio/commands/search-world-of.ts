import { StudioError } from '../../core/errors'
import type { ModelSummary } from '../../core/model-summary'
import type { SearchWorld } from '../../search/search-world'
import type { Recipe } from '../../techniques/recipe'
import type { SmallProgress, SmallRun } from '../store/make-small-slice'
import { effectKey } from '../store/recipe-slice'
import { openedBytes } from '../store/zip-bytes'
import { foundOf } from '../store/small-figures'
import type { FoundPoint } from '../store/small-figures'
import type { CommandContext } from './command-world'
import type { createBackground } from './in-background'
import { askForTable } from './sensitivity-commands'
import { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'

interface Hands {
  readonly background: Pick<ReturnType<typeof createBackground>, 'measure' | 'whenFree'>
  readonly trained: TrainedCommands
  readonly change: (part: Partial<SmallRun & SmallProgress>) => void
  readonly runNow: () => SmallRun | null
  readonly noWait: (waits: boolean) => void
}

/** What the first half of a search asks of the open model, told as it goes. */
export function searchWorldOf(
  context: CommandContext,
  { background, change, noWait, runNow, trained }: Hands,
  base: Recipe,
  signal: AbortSignal,
): SearchWorld<FoundPoint> {
  const { store } = context
  // One place from the first setting to the last, or sizes could not be compared.
  const { model, reportPlace: place } = store.getState()
  const layersLeft = new TimeLeft(context.now)
  let triesLeft: TimeLeft | null = null
  let measured = 0
  let isTableKnown = false
  return {
    // Weights that were trained may have more zeros than those of the file.
    fewestBytes: model === null || base.trained !== undefined ? 0 : fileBytes(model),
    sensitivity: async () => {
      const unsubscribe = store.subscribe(({ sensitivity }, before) => {
        if (sensitivity === before.sensitivity || sensitivity.state !== 'running') return
        const { done, total } = sensitivity
        change({ layers: { done, total }, msLeft: layersLeft.after({ done, total }) })
      })
      const began = context.now()
      change({ msLeft: null })
      try {
        const ask = askForTable(context, trained, base, false)
        const table = await background.whenFree('sensitivity', ask, signal, layersLeft, noWait)
        isTableKnown = true
        return table
      } finally {
        unsubscribe()
        // Says nothing about how long a setting takes.
        triesLeft?.leaveOut(context.now() - began)
        change({ layers: null, msLeft: null })
      }
    },
    measure: async (recipe) => {
      const key = effectKey(recipe)
      const known = store.getState().tried.find((point) => point.key === key)
      if (known !== undefined) return foundOf(known, place)
      // From the first one that is not known already.
      triesLeft ??= new TimeLeft(context.now)
      change({ trying: recipe })
      const point = await background.measure(recipe, signal, triesLeft, noWait)
      if (point === null) throw new StudioError('search/not-measured', {})
      measured++
      const run = runNow()
      const left = run === null ? 0 : run.total - run.done - 1
      change({
        trying: null,
        // After the first guess something else comes first.
        msLeft: !isTableKnown ? null : triesLeft.after({ done: measured, total: measured + left }),
      })
      return foundOf(point, place)
    },
  }
}

function fileBytes({ original, zippedFloat32Bytes }: ModelSummary): number {
  return Math.min(openedBytes(original), zippedFloat32Bytes)
}
