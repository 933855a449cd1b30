import { uncountedLayer } from '../../../core/model-summary'
import type { DataSummary } from '../../../protocol/data-messages'
import { useStudio } from '../../store/store'

/** Which layer keeps a share of multiply-adds from being chosen. */
export function useUncounted(): {
  /** null: all are counted, by the file or by the sizes of the attached data. */
  readonly uncounted: string | null
  /** The data whose sizes may count what the file leaves open. */
  readonly sizedBy: DataSummary | null
} {
  const layer = useStudio((state) => uncountedLayer(state.model?.layers ?? []))
  const isCounted = useStudio(({ cut }) => cut.state === 'planned' && cut.plan.whole.macs !== null)
  const data = useStudio((state) => (state.data.state === 'attached' ? state.data.data : null))
  return { uncounted: isCounted ? null : layer, sizedBy: layer === null ? null : data }
}
