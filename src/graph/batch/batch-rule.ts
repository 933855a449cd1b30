import type { NodeOf, OpName } from '../operators'
import type { Sides } from '../sides/side'
import type { ValueName } from '../values'

/** Which axis of a value is that of samples; null: the value is the same for all of them. */
export type BatchAxis = number | null

/** What is known of one input of a node. */
export interface BatchInput {
  readonly sides: Sides
  readonly axis: BatchAxis
}

export interface BatchFacts {
  /** undefined: the input is left out. */
  readonly inputs: readonly (BatchInput | undefined)[]
  /** An input of the graph: its first side is that of samples. */
  readonly like: ValueName
}

export interface BatchAnswer<Op extends OpName> {
  /** Of all outputs alike. */
  readonly axis: BatchAxis
  /** What the node is for any number of samples, where it names their number. */
  readonly attributes?: NodeOf<Op>['attributes']
  /** Inputs that are the same for all samples and have to be as many as those. */
  readonly spread?: readonly number[]
}

/**
 * Where samples lie in what a node gives, of which one input at least has such an axis.
 * @returns null where samples meet, or where it is not sure that they do not
 */
export type BatchRule<Op extends OpName> = (
  node: NodeOf<Op>,
  facts: BatchFacts,
) => BatchAnswer<Op> | null
