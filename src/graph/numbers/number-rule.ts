import type { NodeOf, OpName } from '../operators'
import type { Sides } from '../sides/side'
import type { KnownNumbers } from './known-numbers'

export interface NumberFacts {
  /** Sides of each input, by place. */
  readonly inputs: readonly (Sides | undefined)[]
  readonly numbers: readonly (KnownNumbers | undefined)[]
  /** Of the output that is asked for; it is small. */
  readonly shape: readonly number[]
  /** Which output it is. */
  readonly place: number
}

/** The elements of an output, row by row; null: they are not known. */
export type NumberRule<Op extends OpName> = (
  node: NodeOf<Op>,
  facts: NumberFacts,
) => Pick<KnownNumbers, 'dtype' | 'values'> | null
