import type { EncodedTensor } from '../../core/encoded-tensor'
import type { OutputKind } from '../../core/output-kind'
import type { OutputMeaning } from '../../core/output-meaning'
import type * as tf from '@tensorflow/tfjs'
import type { Shape } from '../../graph/values'
import type { ModelNote, PortSummary } from '../../core/model-summary'

export interface OutputPort extends PortSummary {
  readonly kind: OutputKind
  /** A guess. */
  readonly meaning: OutputMeaning
}

/** A weight by name; `values` may be computed when they are read, of what it is encoded as where that is there. */
export interface NamedWeight {
  readonly spec: { readonly name: string; readonly shape: readonly number[] }
  readonly values: Float32Array
  readonly encoded?: EncodedTensor
}

/** Called between pieces of a forward pass; throws to cancel. */
export type BetweenLayers = (layer: string) => Promise<void>

/** Shown what a layer is about to read, `outer/inner` for nested models; of several inputs the first. */
export type LookAtInput = (layer: string, input: tf.Tensor) => void

/**
 * A model that runs. Nothing here says how it was written down, so that other kinds of models can
 * stand in.
 */
export interface RunnableModel {
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly OutputPort[]
  /** By layer name, `outer/inner` for nested models. */
  readonly outputShapes: ReadonlyMap<string, Shape>
  /** The batch that the model computes at once, whatever it is given; null: as many as it is given. */
  readonly frozenBatch: number | null
  /** What showed when it was built. */
  readonly notes?: readonly ModelNote[]
  /**
   * Replaces weights. Those whose array is the one already set are left alone, so a change of one
   * layer costs one layer.
   * @param between called before each weight; what it throws leaves the rest for the next call
   */
  setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void>
  /** Whether the last prediction computed all of it, and put nothing back that was known; missing: always. */
  readonly wasWhole?: boolean
  /** Of weights that were set, those that only wait to be read are not held any longer: whoever runs it sets them again. */
  readonly letGo?: () => void
  /** One batch, in one piece. The caller disposes inputs and outputs. */
  predict(inputs: readonly tf.Tensor[]): tf.Tensor[] | Promise<tf.Tensor[]>
  /** The same numbers layer by layer, for models where one sample takes long. */
  predictInSteps(inputs: readonly tf.Tensor[], between: BetweenLayers): Promise<tf.Tensor[]>
  /**
   * Runs one batch and shows what each layer is given; null where a model only runs in one piece.
   * The caller disposes inputs; what is shown is the model's.
   */
  readonly lookInSteps:
    | ((inputs: readonly tf.Tensor[], look: LookAtInput, between: BetweenLayers) => Promise<void>)
    | null
  dispose(): void
}

/** One that answers at once, by operators of TensorFlow.js. */
export interface InstantModel extends RunnableModel {
  predict(inputs: readonly tf.Tensor[]): tf.Tensor[]
}
