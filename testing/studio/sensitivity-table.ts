import type { SensitivityTable } from '../../src/search/sensitivity'

/** One layer that bears bits and zeros, the coarser the less. */
export function sensitivityTable(change: Partial<SensitivityTable> = {}): SensitivityTable {
  const cell = (bits: number | null, sparsity: number, bytes: number, error: number) => ({
    ...{ bits, sparsity, bytes, error },
  })
  return {
    key: 'table-1',
    layers: [
      {
        layer: 'dense',
        weights: 10,
        basis: 'inputs',
        cells: [
          cell(null, 0, 40, 0),
          cell(8, 0, 10, 0.0001),
          cell(4, 0, 5, 0.01),
          cell(2, 0, 3, 0.2),
          cell(null, 0.5, 24, 0.05),
          cell(4, 0.5, 4, 0.06),
        ],
        measured: [{ bits: 4, sparsity: 0, distance: 0.002 }],
        unit: 'nats',
        filters: {
          ...{ state: 'go', filters: 8, with: [] },
          cells: [
            { share: 0.1, removed: 1, saved: 5, error: 0.02 },
            { share: 0.25, removed: 2, saved: 10, error: 0.05 },
            { share: 0.5, removed: 4, saved: 20, error: 0.3 },
          ],
          measured: [{ share: 0.25, distance: 0.0041 }],
        },
      },
    ],
    small: [],
    corrected: false,
    shown: { on: 'data', samples: 512 },
    ...change,
  }
}
