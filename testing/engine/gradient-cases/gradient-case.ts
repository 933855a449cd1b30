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
  readonly outputs?: number
  readonly pass?: Partial<Pass>
}

/** Why there is no gradient. */
export type NoGradient =
  | 'gives no real numbers'
  | 'reads no real numbers'
  | 'TensorFlow.js has none'
  | 'has no meaning'

export type Answer<Op extends OpName> = readonly Case<Op>[] | NoGradient
