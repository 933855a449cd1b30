import { filterShares } from './filter-target'
import type { Cell, CellSettings, FilterSensitivity, LayerSensitivity } from './sensitivity'

/** One choice for a layer: bits, or a share of its weights, or of its filters, that goes. */
export interface MapColumn {
  readonly of: 'bits' | 'zeros' | 'filters'
  /** Bits, or a share 0..1. */
  readonly value: number
}

/** What a map of layers shows side by side. */
export const mapColumns: readonly MapColumn[] = [
  ...([8, 6, 4, 3, 2] as const).map((value) => ({ of: 'bits', value }) as const),
  ...([0.3, 0.5, 0.7, 0.8, 0.9, 0.95] as const).map((value) => ({ of: 'zeros', value }) as const),
  ...filterShares.map((value) => ({ of: 'filters', value }) as const),
]

export interface MapCell {
  /** What makes the layer do so; null: structured pruning does. */
  readonly cell: Cell | null
  /** Of the outputs of the layer or, of filters, of the layers that read them. */
  readonly error: number
  /** Bytes that the file takes less than with floats; below zero where it takes more. */
  readonly saved: number
  /** In the unit of the layer; null where it was not tried. */
  readonly distance: number | null
}

/** Why a layer has no such choice. */
export type Stays = Extract<FilterSensitivity, { state: 'stay' }>

/** Of several ranges, or of those that were tried, the one that moves the outputs least; null where the layer has no such choice. */
export function mapCell(layer: LayerSensitivity, { of, value }: MapColumn): MapCell | Stays | null {
  if (of === 'filters') return filterCell(layer.filters, value)
  const [bits, sparsity] = of === 'bits' ? [value, 0] : [null, value]
  const { cells, measured } = layer
  const isIt = (one: CellSettings): boolean => one.bits === bits && one.sparsity === sparsity
  const choices = cells.filter(isIt).toSorted((a, b) => a.error - b.error)
  const tried = new Map(measured.filter(isIt).map(({ distance, range }) => [range, distance]))
  const cell = choices.find(({ range }) => tried.has(range)) ?? choices[0]
  if (cell === undefined) return null
  const whole = cells.find((one) => one.bits === null && one.sparsity === 0)?.bytes ?? 0
  return {
    ...{ cell, error: cell.error, saved: whole - cell.bytes },
    distance: tried.get(cell.range) ?? null,
  }
}

function filterCell(filters: FilterSensitivity | null, share: number): MapCell | Stays | null {
  if (filters === null || filters.state === 'stay') return filters
  const cell = filters.cells.find((one) => one.share === share)
  // Of few filters a small share is none.
  if (cell === undefined || cell.removed === 0) return null
  const tried = filters.measured.find((one) => one.share === share)
  return {
    ...{ cell: null, error: cell.error, saved: cell.saved },
    distance: tried?.distance ?? null,
  }
}
