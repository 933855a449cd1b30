import type { FixedReason } from '../structure/channel-map'

/** What becomes of the kernels of a layer. */
export interface CellSettings {
  /** null: kept as floats. */
  readonly bits: number | null
  /** Share of the layer's weights that is removed by magnitude, 0..1. */
  readonly sparsity: number
  /** Of the codes; left out where nothing is coded. */
  readonly range?: 'minMax' | 'mse'
}

/** One choice for one layer. */
export interface Cell extends CellSettings {
  /** What the chosen file takes for the layer's kernels, deflated: an estimate by the exporter's own rule. */
  readonly bytes: number
  /**
   * How far the layer's outputs move, ||(W - W')x||^2 / ||Wx||^2, from the second moments of its inputs: channels
   * are taken to be independent. 0..1 and more.
   */
  readonly error: number
}

/** What a distance is counted in: nats of KL divergence between answers, or the squared relative error of outputs. */
export type DistanceUnit = 'nats' | 'relative'

/** A cell that was tried: how far the outputs of the whole model move where this layer alone is changed. */
export interface MeasuredCell extends CellSettings {
  /** In the unit of its layer. */
  readonly distance: number
}

/** A share of a layer's filters or neurons that goes, as structured pruning would choose them. */
export interface FilterCell {
  /** 0..1 */
  readonly share: number
  /** Coupled channels: one filter of every layer that makes them. */
  readonly removed: number
  /** Deflated bytes that the file takes less, of all layers that change with them: an estimate. */
  readonly saved: number
  /** How far the outputs of the layers that read them move, as in `Cell`. */
  readonly error: number
}

/** What the removal of whole filters of a layer costs, or why they stay. */
export type FilterSensitivity =
  | {
      readonly state: 'go'
      readonly filters: number
      /** Other layers that lose as many, because their outputs are added to those of this one: they count as one. */
      readonly with: readonly string[]
      readonly cells: readonly FilterCell[]
      readonly measured: readonly { readonly share: number; readonly distance: number }[]
    }
  | {
      readonly state: 'stay'
      /** follows: they are made by another layer, and go with its filters. The others: as structured pruning has them. */
      readonly reason: FixedReason | 'follows'
      /** The layer because of which they stay. */
      readonly layer: string
    }

/** What a layer bears. */
export interface LayerSensitivity {
  readonly layer: string
  readonly weights: number
  /** inputs: errors are of outputs. weights: nothing is known of the inputs, and errors are of the weights alone. */
  readonly basis: 'inputs' | 'weights'
  readonly cells: readonly Cell[]
  readonly measured: readonly MeasuredCell[]
  /** Of what was measured; null: nothing was. */
  readonly unit: DistanceUnit | null
  /** null: nobody asked for them, or the model cannot lose any. */
  readonly filters: FilterSensitivity | null
}

/** Biases or normalization parameters, which a recipe codes all alike. */
export interface SmallSensitivity {
  readonly small: 'biases' | 'normalization'
  readonly cells: readonly SmallCell[]
}

export interface SmallCell {
  readonly as: 'float' | 16 | 8
  readonly bytes: number
  /** As in `MeasuredCell`; 0 where nothing is changed. */
  readonly distance: number
}

/** What the layers of a model bear, by its own exporter and on its own data. */
export interface SensitivityTable {
  /** Equal keys: the same weights, data and file. */
  readonly key: string
  readonly layers: readonly LayerSensitivity[]
  readonly small: readonly SmallSensitivity[]
  /** Whether distances were measured with biases corrected: the inputs of the layers are known. */
  readonly corrected: boolean
  /** What distances were measured on. */
  readonly shown: { readonly on: 'data' | 'synthetic'; readonly samples: number }
}
