import type { VariantId } from '../../src/core/transformers-variants'
import type { VariantRow, VariantsEvent } from '../../src/protocol/variant-messages'
import { accuracy } from './test-data'

export const variantsOriginal = {
  type: 'original',
  original: { bytes: 4000, times: { loadMs: 12, runMs: 0.5, runs: 30 } },
} as const satisfies VariantsEvent

/** A variant as it was measured: four bits are worse by more than chance, and one of them is not written. */
export function variantRow(id: VariantId): VariantRow {
  if (id === 'bnb4')
    return {
      ...{ id, bytes: null, kinds: [], times: null, measure: null },
      refusal: { code: 'export/transformers-bnb4', params: {} },
    }
  const isWorse = id === 'q4'
  return {
    ...{ id, bytes: 1000, kinds: [], refusal: null },
    times: { loadMs: 10, runMs: 0.4, runs: 30 },
    measure: accuracy(isWorse ? 60 : 98, {
      originalCorrect: 98,
      paired: { onlyOriginal: isWorse ? 38 : 0, onlyCompressed: 0 },
    }),
  }
}
