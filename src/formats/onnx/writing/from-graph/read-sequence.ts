import type { OpAttributes } from '../../../../graph/operators'
import type { OnnxWriter, Wire } from './onnx-writer'
import type { Cell } from './write-cells'

/** One way through a sequence. */
export interface Direction {
  readonly weights: readonly Wire[]
  /** Of the last cell first; nothing where it begins with zeros. */
  readonly begun: readonly Wire[]
  /** [n, time, ...], stretched over states: which steps count; null: all. */
  readonly counts: Wire | null
  readonly backwards: boolean
}

/** A cell on its way through a sequence. */
export interface Reading extends Pick<Direction, 'counts' | 'backwards'> {
  readonly net: OnnxWriter
  readonly cell: Cell
  readonly window: OpAttributes['recurrent']['window']
  /** kernel, recurrent kernel, and a bias where it has one */
  readonly weights: readonly Wire[]
  readonly begun: readonly Wire[] | null
  /** Of steps that do not count it says zeros. */
  readonly zeroed: boolean
}

/** What a cell makes of a sequence. */
export interface Read {
  /** [n, time, ...] in the order in which the steps came, however they were read. */
  readonly sequence: Wire
  /** What it said last. */
  readonly last: Wire
  readonly states: readonly Wire[]
}
