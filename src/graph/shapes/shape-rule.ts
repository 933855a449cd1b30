import type { KnownNumbers } from '../numbers/known-numbers'
import type { NodeOf, OpName } from '../operators'
import type { Sides } from '../sides/side'

export interface ShapeFacts {
  /** Sides of each input, by place; undefined: left out, or not known. Every open side has a name. */
  readonly inputs: readonly (Sides | undefined)[]
  /** Values of inputs that are few numbers, by place. */
  readonly numbers: readonly (KnownNumbers | undefined)[]
}

/** The sides of each output, by place; null, or missing at the end: not known, or the inputs do not fit. */
export type ShapeRule<Op extends OpName> = (
  node: NodeOf<Op>,
  facts: ShapeFacts,
) => readonly (Sides | null)[]
