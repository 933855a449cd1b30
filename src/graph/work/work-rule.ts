import type { NodeOf, OpName } from '../operators'
import type { Side, Sides } from '../sides/side'

export interface WorkFacts {
  /** Sides of each input, by place; undefined: left out, or not known. */
  readonly inputs: readonly (Sides | undefined)[]
  readonly outputs: readonly (Sides | undefined)[]
}

/** Multiply-accumulates of a node for all samples of a batch; null: something that is needed is not known. */
export type WorkRule<Op extends OpName> = (node: NodeOf<Op>, facts: WorkFacts) => Side
