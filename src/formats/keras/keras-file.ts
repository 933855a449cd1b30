import type { JsonObject } from '../../files/read-json'
import type { NumberKind } from '../../files/hdf5/number-kind'
import type { NumbersPiece } from '../../files/hdf5/read-numbers'

/** One weight as the file holds it, not read yet. */
export interface KerasWeight {
  /** As the file spells its place, for messages. */
  readonly name: string
  /** Of its dataset, from the root of the HDF5 file. */
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: NumberKind
  /**
   * Floats of any width as float32; whole numbers as they are. The result is for the caller to keep.
   * @param between called with the bytes of it that were read
   * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/not-read'
   */
  readonly read: (
    between?: (bytes: number) => Promise<void>,
  ) => Promise<Float32Array | Int32Array | Uint8Array>
  /** The same in pieces, nobody's but the caller's; left out where they have to be made as a whole. */
  readonly pieces?: (between: (bytes: number) => Promise<void>) => AsyncGenerator<NumbersPiece>
}

/** A file of Keras, its layers and weights found and nothing of the weights read. */
export interface KerasFile {
  /** For messages. */
  readonly file: string
  /** The line of code that wrote it; tf-keras is keras-2. */
  readonly writer: 'keras-2' | 'keras-3'
  /** `keras_version`, as the file says it. */
  readonly version: string | null
  /** `{class_name, config}`, as the file has it; null: weights alone. */
  readonly config: JsonObject | null
  /**
   * Weights of a layer in the order in which its class makes them, trainable ones first, by the names of the layers from
   * the outermost model inwards, joined by '/'. A wrapper (TimeDistributed, Bidirectional, those of tfmot) has those of the
   * layer inside; seeds and the state of an optimizer are not among them.
   */
  readonly weightsOf: (path: string) => readonly KerasWeight[]
  /** All of them, each once, in the order of the file. */
  readonly weights: readonly KerasWeight[]
  /** What wrappers of the TensorFlow Model Optimization Toolkit keep beside the weights of their layers, by their paths: masks, ranges. */
  readonly wrapperWeights: ReadonlyMap<string, readonly KerasWeight[]>
}
