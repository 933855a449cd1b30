/** An edge of a graph: what a node gives or a file holds. Unique in its graph, and nothing to be parsed. */
export type ValueName = string

/** The batch first where a value has one; null where a side is not fixed. */
export type Shape = readonly (number | null)[]

export type DType = 'float32' | 'int32' | 'bool' | 'string'

/** Axes, shapes and tables: they are part of how a model computes, and no step ever touches them. */
export interface Constant {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Row by row; null where nothing asks for the values and the file has many. */
  readonly values: readonly number[] | null
}
