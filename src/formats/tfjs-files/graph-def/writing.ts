import type { NodeOf, OpName } from '../../../graph/operators'
import type { Sides } from '../../../graph/sides/side'
import { atMost, NotWritable } from './graph-writer'
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

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at)
}

export function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** Numbers that are made for the places of a side. */
const MOST_PLACES = 2 ** 16

/** How many such numbers are made. @throws NotWritable where they are too many */
export function places(count: number): number {
  return atMost(count, MOST_PLACES)
}

/** A side that has to be a number where this is written. */
export function fixed(side: Sides[number] | undefined): number {
  if (typeof side !== 'number') throw new NotWritable('openSides')
  return side
}
