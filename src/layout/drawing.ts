/** Of one layer, and the gaps between layers, in CSS pixels at a scale of one. */
export const box = { width: 184, height: 52, below: 28, beside: 28 } as const

export interface Point {
  readonly x: number
  readonly y: number
}

/** A layer by the upper left corner of its box. */
export interface PlacedLayer extends Point {
  readonly name: string
}

export interface PlacedEdge {
  readonly from: string
  readonly to: string
  /** From the lower edge of one box to the upper edge of the other, by way of the points between. */
  readonly points: readonly Point[]
}

/** Where layers and the lines between them stand, from (0, 0) on. */
export interface Drawing {
  readonly width: number
  readonly height: number
  /** In the order in which they were given. */
  readonly layers: readonly PlacedLayer[]
  readonly edges: readonly PlacedEdge[]
}
