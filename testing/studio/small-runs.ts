/** Searches for the smallest file, as far as they may be. */
import type { MeasureEvent } from '../../src/protocol/measure-messages'
import { defaultRecipe, withConfig } from '../../src/techniques/recipe'
import type {
  SmallProgress,
  SmallRun,
  SmallTraining,
} from '../../src/studio/store/make-small-slice'
import { effectKey } from '../../src/studio/store/recipe-slice'
import { accuracy } from './test-data'

export const recipe = withConfig(defaultRecipe, 'quantize', { bits: 4 }, true)

export const run = (measure: MeasureEvent = accuracy(97.5), zipped = 40): SmallRun => ({
  goal: { kind: 'loss', most: 0.005 },
  base: defaultRecipe,
  best: { key: effectKey(recipe), recipe, size: { zipped, reportBytes: 4 }, measure },
  ...{ done: 7, total: 25, trained: 0 },
})
export const going: SmallProgress = {
  ...{ phase: 'front', paused: false, waits: false, trying: recipe, layers: null, msLeft: 90_000 },
}

export const trainingNow: SmallTraining = {
  ...{ round: 2, rounds: 3, training: { recipe, epochs: 3 } },
  ...{ paused: false, minutes: 16, msLeft: 240_000 },
}

/** 5 000 samples, of which so many are right; the original has 4 900. */
export const measured = (
  correct: number,
  onlyOriginal: number,
  onlyCompressed: number,
): MeasureEvent => ({
  ...accuracy(0),
  ...{ correct, measured: 5000, total: 5000, originalCorrect: 4900 },
  paired: { onlyOriginal, onlyCompressed },
})
