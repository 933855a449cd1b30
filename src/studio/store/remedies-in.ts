import { remediesFor } from '../../search/remedies'
import type { Remedy } from '../../search/remedy'
import { measuredShare } from './measures'
import { effectKey } from './recipe-slice'
import type { TriedPoint } from './run-slice'
import type { StudioState } from './store'

type Shown = Pick<StudioState, 'committed' | 'data' | 'model' | 'weights'>

/** A smaller drop is none that anybody asks about. */
const LEAST_DROP = 0.001

/** What the settings in use lose against the original, both as they were measured. */
export interface Drop {
  readonly here: TriedPoint
  /** As a share, or a coefficient. */
  readonly share: number
  readonly lost: number
}

/** What may take the drop of the settled settings away; none until their weights are shown. */
export function remediesIn({ committed, data, model, weights }: Shown): readonly Remedy[] {
  if (weights === null || effectKey(weights.recipe) !== effectKey(committed)) return []
  const { calibration, layers } = weights.value
  return remediesFor(committed, layers, {
    hasInputs: data.state === 'attached' && calibration?.state !== 'missing',
    hasStatistics: model?.normalizes === true,
  })
}

/** null where the settings were not measured, or lose nothing. */
export function dropIn({
  committed,
  originalMeasure,
  tried,
}: Pick<StudioState, 'committed' | 'originalMeasure' | 'tried'>): Drop | null {
  const key = effectKey(committed)
  const here = tried.find((point) => point.key === key)
  const share = here === undefined ? null : measuredShare(here.measure)
  const whole = originalMeasure === null ? null : measuredShare(originalMeasure)
  if (here === undefined || share === null || whole === null) return null
  return whole - share < LEAST_DROP ? null : { here, share, lost: whole - share }
}

/** Remedies of a drop that nobody has measured. */
export function openRemediesIn(
  state: Shown & Pick<StudioState, 'originalMeasure' | 'tried'>,
): readonly Remedy[] {
  if (dropIn(state) === null) return []
  const known = new Set(state.tried.map(({ key }) => key))
  return remediesIn(state).filter(({ recipe }) => !known.has(effectKey(recipe)))
}
