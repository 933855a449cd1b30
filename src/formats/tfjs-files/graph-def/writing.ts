import type { NodeOf, OpName } from '../../../graph/operators'
import type { Sides } from '../../../graph/sides/side'
import { NotWritable } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'

/** One operator to be written. */
export interface Writing<Op extends OpName> {
  readonly net: GraphWriter
  readonly node: NodeOf<Op>
  /** null: left out. */
  readonly inputs: readonly (Wire | null)[]
  /** Sides of what it gives, as far as they are known. */
  readonly given: readonly (Sides | undefined)[]
}

/**
 * Puts what an operator means into nodes of TensorFlow, those that stock TensorFlow.js runs rightly on each of its
 * backends.
 * @returns what it gives
 * @throws NotWritable where there are none
 */
export type Write<Op extends OpName> = (writing: Writing<Op>) => Wire | readonly Wire[]

/** An input that the operator cannot do without. */
export function input({ inputs }: Writing<OpName>, place: number): Wire {
  const wire = inputs[place] ?? null
  if (wire === null) throw new NotWritable('unknown')
  return wire
}

export function allInputs(writing: Writing<OpName>): Wire[] {
  return writing.inputs.map((_, place) => input(writing, place))
}

/** @throws NotWritable where nothing is known of them */
export function givenSides({ given }: Writing<OpName>, output = 0): Sides {
  const sides = given[output]
  if (sides === undefined) throw new NotWritable('unknown')
  return sides
}
