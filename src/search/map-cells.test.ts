import { expect, it } from 'vitest'
import { mapCell, mapColumns } from './map-cells'
import type { FilterSensitivity, LayerSensitivity } from './sensitivity'

const filters: FilterSensitivity = {
  ...{ state: 'go', filters: 8, with: [] },
  cells: [
    { share: 0.1, removed: 0, saved: 0, error: 0 },
    { share: 0.25, removed: 2, saved: 9, error: 0.1 },
  ],
  measured: [{ share: 0.25, distance: 0.02 }],
}
const layer: LayerSensitivity = {
  ...{ layer: 'dense', weights: 10, basis: 'inputs' },
  cells: [
    { bits: null, sparsity: 0, bytes: 40, error: 0 },
    { bits: 4, sparsity: 0, range: 'minMax', bytes: 5, error: 0.02 },
    { bits: 4, sparsity: 0, range: 'mse', bytes: 6, error: 0.01 },
    { bits: 4, sparsity: 0.5, range: 'mse', bytes: 3, error: 0.3 },
    { bits: null, sparsity: 0.5, bytes: 44, error: 0.2 },
  ],
  unit: 'nats',
  filters,
  measured: [
    { bits: 4, sparsity: 0, range: 'minMax', distance: 0.004 },
    { bits: 4, sparsity: 0, range: 'mse', distance: 0.003 },
  ],
}

it('shows of several ranges the one that moves outputs least, and what was tried of it', () => {
  expect(mapColumns).toHaveLength(14)
  expect(mapCell(layer, { of: 'bits', value: 4 })).toEqual({
    cell: layer.cells[2],
    error: 0.01,
    saved: 34,
    distance: 0.003,
  })
  const once = { ...layer, measured: layer.measured.slice(0, 1) }
  expect(mapCell(once, { of: 'bits', value: 4 })).toMatchObject({
    ...{ cell: layer.cells[1], distance: 0.004 },
  })
  expect(mapCell(layer, { of: 'zeros', value: 0.5 })).toMatchObject({ saved: -4, distance: null })
  expect(mapCell(layer, { of: 'bits', value: 2 })).toBeNull()
})

it('shows what whole filters cost, or why they stay', () => {
  expect(mapCell(layer, { of: 'filters', value: 0.25 })).toEqual({
    ...{ cell: null, error: 0.1, saved: 9, distance: 0.02 },
  })
  expect(mapCell(layer, { of: 'filters', value: 0.1 })).toBeNull()
  expect(mapCell({ ...layer, filters: null }, { of: 'filters', value: 0.1 })).toBeNull()
  const stay = { state: 'stay', reason: 'output', layer: 'dense' } as const
  expect(mapCell({ ...layer, filters: stay }, { of: 'filters', value: 0.25 })).toEqual(stay)
})
