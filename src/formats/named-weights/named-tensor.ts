import type { EncodedTensor } from '../../core/encoded-tensor'
import type { StoredAs } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { ElementType, ShortFloat } from './element-types'

interface Named {
  readonly name: string
  readonly shape: readonly number[]
  /** That holds it, for messages. */
  readonly file: string
  /** All that the file spends on it. */
  readonly bytes: number
}

/** A tensor as its file holds it, not read yet. */
export interface PlainTensor extends Named {
  readonly kind: 'plain'
  readonly type: ElementType
  /** Bytes [from, to) of it, row-major and little-endian, in an array of their own. */
  readonly read: (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>
}

/** What a file holds otherwise than as plain elements: codes with what decodes them, or the places of those that are not zero. */
export interface CodedTensor extends Named {
  readonly kind: 'coded'
  readonly storedAs: StoredAs
  readonly decode: (spec: TensorSpec) => Promise<EncodedTensor>
  /** The weights are what that decodes to, rounded to these. */
  readonly roundedTo?: ShortFloat
  /** For whoever reads what `decode` gives piece by piece and holds none; null: its codes are read whole. */
  readonly inPieces: ((spec: TensorSpec) => Promise<ReadWeights>) | null
}

/** Weights [from, to) of a tensor; `from` is a multiple of 8, so that no byte is divided between pieces. */
export type ReadWeights = (from: number, to: number) => Promise<Float32Array>

export type NamedTensor = PlainTensor | CodedTensor
