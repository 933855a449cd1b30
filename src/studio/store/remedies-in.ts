import { remediesFor } from '../../search/remedies'
import type { Remedy } from '../../search/remedies'
import { effectKey } from './recipe-slice'
import type { StudioState } from './store'

type Shown = Pick<StudioState, 'committed' | 'data' | 'weights'>

/** What may take the drop of the settled settings away; none until their weights are shown. */
export function remediesIn({ committed, data, weights }: Shown): readonly Remedy[] {
  if (weights === null || effectKey(weights.recipe) !== effectKey(committed)) return []
  return remediesFor(committed, weights.value.layers, data.state === 'attached')
}
