import type { ModelSummary } from '../../core/model-summary'
import { meets } from '../../search/search-goal'
import type { Figures, SearchGoal } from '../../search/search-goal'
import type { ReportPlace } from '../../protocol/recipe-messages'
import type { MakeSmallSlice, SmallRun } from './make-small-slice'
import { measureKind, measuredShare } from './measures'
import type { MeasureKind } from './measures'
import type { Measure, ModelSlice } from './model-slice'
import type { TriedPoint } from './run-slice'
import { openedBytes, zipBytes } from './zip-bytes'

/** What a loss is a loss of. movement: how far outputs move, where nothing else can be said. */
export type LossKind = MeasureKind | 'movement'

/** What a setting loses, as a share, by whatever the model is measured by; null where nothing was measured. */
export function lossOf(
  measure: Measure,
): { readonly kind: LossKind; readonly loss: number } | null {
  if (measure.measured === 0) return null
  const kind = measureKind(measure)
  switch (measure.type) {
    case 'accuracy':
      return { kind, loss: (measure.originalCorrect - measure.correct) / measure.measured }
    case 'agreement': {
      const share = measuredShare(measure)
      return share === null
        ? { kind: 'movement', loss: measure.relativeError }
        : { kind, loss: 1 - share }
    }
    case 'scores': {
      const share = measuredShare(measure)
      const main = measure.task === 'regression' ? 'r2' : 'labelAccuracy'
      const original = measure.scores.find(({ id }) => id === main)?.original ?? null
      return share === null || original === null ? null : { kind, loss: original - share }
    }
  }
}

/** A setting as a search sees it. */
export interface FoundPoint extends Figures {
  readonly point: TriedPoint
}

export function foundOf(point: TriedPoint, place: ReportPlace): FoundPoint {
  return {
    bytes: zipBytes(point.size, place),
    loss: lossOf(point.measure)?.loss ?? null,
    point,
  }
}

/** Whether the best of a search keeps to its goal; what misses it is only the nearest. */
export function isMet(
  { best, goal }: Pick<SmallRun, 'best' | 'goal'>,
  place: ReportPlace,
): boolean {
  return best !== null && meets(goal, foundOf(best, place))
}

/** What a download may take where nobody has said: a tenth of what was opened, in whole kilobytes. */
export function suggestedBytes(model: ModelSummary | null): number {
  return model === null ? 1000 : 1000 * Math.max(1, Math.round(openedBytes(model.original) / 1e4))
}

/** What a search that begins now would keep to. */
export function goalNow({
  model,
  smallBytes,
  smallWish,
}: Pick<MakeSmallSlice, 'smallBytes' | 'smallWish'> & Pick<ModelSlice, 'model'>): SearchGoal {
  return smallWish.wish === 'bytes'
    ? { kind: 'bytes', most: smallBytes ?? suggestedBytes(model) }
    : { kind: 'loss', most: smallWish.loss }
}
