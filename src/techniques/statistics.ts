/**
 * What a step may know of a layer's inputs.
 * mean: over samples alone, for every place of the input, so that padded borders can be told apart.
 * secondMoment, extremes: of each input channel, over samples and places. samples: the inputs themselves.
 */
export type StatisticKind = 'mean' | 'secondMoment' | 'extremes' | 'samples'

/** What a step wants to know of what a layer is given; of several inputs the first. */
export interface StatisticRequest {
  /** As in `TensorSpec.layerName`. */
  readonly layer: string
  readonly kind: StatisticKind
}

export interface StatisticOf {
  readonly mean: {
    /** Of one sample's input, channels last. */
    readonly sides: readonly number[]
    /** Row-major. */
    readonly values: Float64Array
  }
  readonly secondMoment: { readonly values: Float64Array }
  readonly extremes: { readonly low: Float64Array; readonly high: Float64Array }
  readonly samples: {
    readonly count: number
    readonly sides: readonly number[]
    /** Row-major, one row of `sides` after the other. */
    readonly values: Float32Array
  }
}

/** What the calibration samples say of the layers' inputs. */
export interface Statistics {
  /** Equal keys: the same samples, prepared alike, in front of the same weights on the same backend. */
  readonly key: string
  /** @returns null where the layer was not run exactly once for each sample, or gave no numbers */
  readonly of: <Kind extends StatisticKind>(layer: string, kind: Kind) => StatisticOf[Kind] | null
}

/** Why no inputs are known. */
export type MissingCalibration =
  /** No data is attached. */
  | 'noData'
  /** There are too few samples for a split to calibrate with. */
  | 'noSplit'
  /** Only TensorFlow.js itself runs one of its operators, and shows nothing of what goes on between them. */
  | 'operator'
  /** What runs the model layer by layer gives other outputs than TensorFlow.js. */
  | 'answersOtherwise'
  /** TensorFlow.js cannot run the model. */
  | 'notRunnable'

/** Where statistics are from, for the page and the report. */
export type CalibrationFacts =
  | {
      readonly state: 'known'
      readonly dataset: string
      /** SHA-256 of people's own data; null for built-in data. */
      readonly hash: string | null
      readonly split: 'train' | 'calibration'
      readonly samples: number
      /** Chooses the samples where the split has more. */
      readonly seed: number
      /** The weights that ran: those of the file, or of a training run by its id. */
      readonly weights: string
      readonly backend: string
    }
  | {
      readonly state: 'missing'
      readonly reason: MissingCalibration
      /** Of the reason 'operator': which. */
      readonly operator?: string
    }

/** What steps that look at inputs are given. */
export interface Calibration {
  readonly facts: CalibrationFacts
  /** null where the facts say why. */
  readonly statistics: Statistics | null
}
