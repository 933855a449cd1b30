import type { Cell, LayerSensitivity } from './sensitivity'

/** What a map of layers shows side by side: bits, then shares of zeros. */
export const mapColumns = [
  ...([8, 6, 4, 3, 2] as const).map((bits) => ({ bits, sparsity: 0 })),
  ...([0.3, 0.5, 0.7, 0.8, 0.9, 0.95] as const).map((sparsity) => ({ bits: null, sparsity })),
]
export type MapColumn = (typeof mapColumns)[number]

export interface MapCell {
  readonly cell: Cell
  /** Bytes that the layer takes less than as floats; below zero where it takes more. */
  readonly saved: number
  /** Nats, or the squared relative error of the outputs; null where it was not tried. */
  readonly distance: number | null
}

/** Of several ranges the one that moves the outputs least; null where the layer has no such choice. */
export function mapCell(
  { cells, measured }: LayerSensitivity,
  { bits, sparsity }: MapColumn,
): MapCell | null {
  const [cell] = cells
    .filter((one) => one.bits === bits && one.sparsity === sparsity)
    .toSorted((a, b) => a.error - b.error)
  if (cell === undefined) return null
  const whole = cells.find((one) => one.bits === null && one.sparsity === 0)?.bytes ?? 0
  const tried = measured.find((one) => one.bits === bits && one.sparsity === sparsity)
  return { cell, saved: whole - cell.bytes, distance: tried?.distance ?? null }
}
