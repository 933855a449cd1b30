import type { ByteRange } from '../../files/protobuf/wire-message'
import type { ElementType } from '../named-weights/element-types'

/** Where the numbers of a tensor are. Ranges are of the file that holds the tensor. */
export type TensorData =
  | { readonly kind: 'raw'; readonly begin: number; readonly end: number }
  /** In fields of their own, by the number of the field. */
  | {
      readonly kind: 'typed'
      readonly field: number
      readonly parts: readonly {
        readonly begin: number
        readonly end: number
        readonly packed: boolean
      }[]
    }
  /** In another file, as the model spells its name. */
  | {
      readonly kind: 'external'
      readonly location: string
      readonly offset: number
      readonly length: number | null
    }
  /** Those alone that are not zero, with their places. */
  | { readonly kind: 'sparse'; readonly values: OnnxTensor; readonly places: OnnxTensor }
  /** Made of codes by nodes of the studio's own files; where the tensor is of halves, rounded to those. */
  | {
      readonly kind: 'decoded'
      readonly codes: OnnxTensor
      readonly by: DecodedBy
      /** Of values on the way, and of what else they are made of. */
      readonly names: readonly string[]
    }

/** How nodes make a weight of codes. */
export type DecodedBy =
  | {
      readonly kind: 'scaled'
      readonly node: OnnxNode
      readonly scale: OnnxTensor
      readonly zeroPoint: OnnxTensor | null
    }
  | { readonly kind: 'halves' }
  | { readonly kind: 'shifted'; readonly offset: OnnxTensor; readonly scale: OnnxTensor }
  | { readonly kind: 'table'; readonly levels: OnnxTensor; readonly starts: OnnxTensor | null }

/** A tensor of a file, not read yet. */
export interface OnnxTensor {
  /** Empty where an attribute holds it. */
  readonly name: string
  readonly shape: readonly number[]
  readonly type: OnnxType
  readonly data: TensorData
  /** All that the file says of it. */
  readonly message: ByteRange
  /** For messages. */
  readonly place: string
}

/** Two or four bits: two or four elements share a byte. */
export type OnnxType = ElementType | 'INT4' | 'UINT4' | 'INT2' | 'UINT2' | 'STRING' | 'C128'

export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'whole'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'wholes'; readonly value: readonly number[] }
  | { readonly kind: 'texts'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'graphs'; readonly value: readonly OnnxGraph[] }
  | { readonly kind: 'other' }

export interface OnnxNode {
  /** Unique in its graph; made where the file has none. */
  readonly name: string
  readonly op: string
  /** Empty for the operators of ONNX itself. */
  readonly domain: string
  /** Empty where one is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

export interface OnnxPort {
  readonly name: string
  readonly type: OnnxType | null
  /** null: not even the rank is said; null sides are open. */
  readonly shape: readonly (number | null)[] | null
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxPort[]
  readonly outputs: readonly OnnxPort[]
}

export interface OnnxModel {
  readonly irVersion: number
  readonly producer: string
  /** Version of the operators, by domain. */
  readonly opsets: ReadonlyMap<string, number>
  readonly metadata: ReadonlyMap<string, string>
  readonly graph: OnnxGraph
}
