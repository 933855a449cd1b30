import type { NodeOf, OpName } from '../../../../graph/operators'
import type { Sides } from '../../../../graph/sides/side'
import type { DType } from '../../../../graph/values'
import { NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'

/** One operator to be written. */
export interface Writing<Op extends OpName> {
  readonly net: OnnxWriter
  readonly node: NodeOf<Op>
  /** null: left out. */
  readonly inputs: readonly (Wire | null)[]
  /** Sides of what it gives, as far as they are known. */
  readonly given: readonly (Sides | undefined)[]
  /** Of what it gives. */
  readonly types: readonly DType[]
}

/**
 * Puts what an operator means into nodes of ONNX itself, no runtime's own.
 * @returns what it gives
 * @throws NotWritable where there are none that mean exactly that
 */
export type Write<Op extends OpName> = (writing: Writing<Op>) => Wire | readonly Wire[]

/** An input that the operator cannot do without. */
export function input({ inputs }: Writing<OpName>, place: number): Wire {
  const wire = inputs[place] ?? null
  if (wire === null) throw new NotWritable('unknown')
  return wire
}

/** As `input`, of real numbers: most kernels of ONNX take nothing else. */
export function realInput(writing: Writing<OpName>, place: number): Wire {
  return writing.net.cast(input(writing, place), 'float32')
}

/** As `realInput`, where one may be left out. */
export function realOption(writing: Writing<OpName>, place: number): Wire | null {
  return (writing.inputs[place] ?? null) === null ? null : realInput(writing, place)
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
