import { expect, it } from 'vitest'
import { mapCell, mapColumns } from './map-cells'
import type { LayerSensitivity } from './sensitivity'

const layer: LayerSensitivity = {
  ...{ layer: 'dense', weights: 10, basis: 'inputs' },
  cells: [
    { bits: null, sparsity: 0, bytes: 40, error: 0 },
    { bits: 4, sparsity: 0, range: 'minMax', bytes: 5, error: 0.02 },
    { bits: 4, sparsity: 0, range: 'mse', bytes: 6, error: 0.01 },
    { bits: 4, sparsity: 0.5, range: 'mse', bytes: 3, error: 0.3 },
    { bits: null, sparsity: 0.5, bytes: 44, error: 0.2 },
  ],
  measured: [{ bits: 4, sparsity: 0, distance: 0.003 }],
}

it('shows of several ranges the one that moves outputs least, and what was tried', () => {
  expect(mapColumns).toHaveLength(11)
  expect(mapCell(layer, { bits: 4, sparsity: 0 })).toEqual({
    cell: layer.cells[2],
    saved: 34,
    distance: 0.003,
  })
  expect(mapCell(layer, { bits: null, sparsity: 0.5 })).toMatchObject({ saved: -4, distance: null })
  expect(mapCell(layer, { bits: 2, sparsity: 0 })).toBeNull()
})
