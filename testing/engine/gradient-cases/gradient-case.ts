import type { Pass } from '../../../src/engine/program/pass'
import type { OpAttributes, OpName } from '../../../src/graph/operators'

/** An operator with real numbers that a gradient is taken of, by the shapes of its inputs, in their order. */
export interface Case<Op extends OpName> {
  readonly attributes: OpAttributes[Op]
  readonly shapes: readonly (readonly number[] | null)[]
  /** Of them, whole numbers that nothing is derived by. */
  readonly indices?: readonly number[]
  /** Of them, what is not read. */
  readonly unread?: readonly number[]
  /** What numbers lie between; around zero where nothing is said. */
  readonly from?: number
  readonly to?: number
  /** Of them, whether each is something is what is read. */
  readonly truths?: boolean
  readonly outputs?: number
  readonly pass?: Partial<Pass>
}

/** Why there is no gradient. What gives truths, places or whole numbers has one, which is nothing. */
export type NoGradient = 'reads no real numbers' | 'gives no real numbers' | 'has no meaning'

export type Answer<Op extends OpName> = readonly Case<Op>[] | NoGradient
