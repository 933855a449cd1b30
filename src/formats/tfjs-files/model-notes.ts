import { isShort } from '../../core/model-summary'
import type { ModelNote } from '../../core/model-summary'
import type { OpenedWeight } from '../format'

/** Says that a file was quantized before, and how. */
export function weightNotes(weights: readonly OpenedWeight[]): ModelNote[] {
  const quantized = weights.filter(
    ({ spec, storedAs }) => spec.dtype !== 'bytes' && isShort(storedAs),
  )
  if (quantized.length === 0) return []
  const dtypes = [...new Set(quantized.map((weight) => weight.storedAs))].sort().join(', ')
  return [
    {
      code: 'note/quantized-weights',
      params: { count: quantized.length, total: weights.length, dtypes },
    },
  ]
}
