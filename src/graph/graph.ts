import type { LayerKind, TensorSpec } from '../core/tensor-spec'
import type { GraphNode } from './operators'
import type { Constant, DType, Shape, ValueName } from './values'

/** What is given to a graph. */
export interface GraphInput {
  readonly value: ValueName
  /** null: not even its rank is known. */
  readonly shape: Shape | null
  readonly dtype: DType
}

/** What a person sees as one row: a layer of Keras, an operator with all that its file fused with it. */
export interface GraphLayer {
  /** Unique; nested models with `outer/inner`. */
  readonly name: string
  /** As its file calls it: `Conv2D`, `_FusedMatMul`. */
  readonly className: string
  readonly kind: LayerKind
  /** Names of its weights: parameters, and constants where its file keeps them among the weights. */
  readonly parameters: readonly ValueName[]
  /** Nodes that carry it out, all its calls, in the order of the graph; none where nothing runs it. */
  readonly nodes: readonly string[]
  /** What its first call gives, in order. */
  readonly outputs: readonly ValueName[]
  /** It lies in a model that is used as a layer. */
  readonly nested: boolean
}

/**
 * A model as typed data, whatever file it came from. Weights keep the order and the layout of their file, so that
 * an export keeps its bytes; what an axis means is said by the attributes of the node that reads it.
 */
export interface ModelGraph {
  readonly inputs: readonly GraphInput[]
  readonly outputs: readonly ValueName[]
  /** Each behind all that it reads. */
  readonly nodes: readonly GraphNode[]
  readonly layers: readonly GraphLayer[]
  /** Weights by name that are no constants; the values are those of the opened model. */
  readonly parameters: ReadonlyMap<ValueName, TensorSpec>
  readonly constants: ReadonlyMap<ValueName, Constant>
}
