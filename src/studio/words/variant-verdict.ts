import type { VariantRow } from '../../protocol/variant-messages'
import { verdictOf } from './verdict'
import type { Verdict } from './verdict'

/** What a person is told of a variant beside the original. */
type VariantVerdict = Verdict['verdict'] | 'unlabelled' | 'refused'

export function variantVerdict({ measure, refusal }: VariantRow): VariantVerdict {
  if (refusal !== null) return 'refused'
  if (measure?.type !== 'accuracy') return 'unlabelled'
  return verdictOf(measure.paired.onlyOriginal, measure.paired.onlyCompressed).verdict
}
