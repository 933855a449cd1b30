import { shortText } from '../../../core/short-text'
import type { Inference } from '../../../graph/infer'
import type { KnownNumbers } from '../../../graph/numbers/known-numbers'
import type { Sides } from '../../../graph/sides/side'
import type { Constant, ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { UniqueNames } from '../../tfjs-graph/lowering/unique-names'
import type { OnnxAttribute, OnnxNode, OnnxType } from '../onnx-model'
import { isOfWholes } from '../scales-of-products'
import { isWhole } from './element-types'
import type { ElementTypes } from './element-types'

export interface TurnedWeight {
  readonly name: ValueName
  readonly axes: readonly number[]
}

/** What nodes are written with. */
export interface LoweredSoFar {
  readonly facts: Inference
  readonly names: UniqueNames
  /** Constants that no file has, made on the way. */
  readonly made: Map<ValueName, Constant>
  readonly types: ElementTypes
  /** What the graph gives, where it lies beyond whole numbers of 32 bits, is computed and not folded. */
  readonly outputs: ReadonlySet<ValueName>
  /** Weights that nodes turn, by what these give. */
  readonly turned: Map<ValueName, TurnedWeight>
  /** All constants that are there, those of the file and those that were made. */
  readonly constants: ReadonlyMap<ValueName, Constant>
  /** Weights of real numbers. */
  readonly parameters: ReadonlyMap<ValueName, unknown>
}

/** What one node of a file says, and what is known of the values that it reads. */
export class NodeReader {
  /** @param version of the operators of its domain */
  constructor(
    protected readonly node: OnnxNode,
    readonly version: number,
    protected readonly soFar: LoweredSoFar,
  ) {}

  get outputs(): number {
    return this.node.outputs.length
  }

  /** Whether it multiplies codes without what they stand for. */
  get isOfWholes(): boolean {
    return isOfWholes(this.node)
  }

  get inputs(): number {
    return this.node.inputs.length
  }

  has(place: number): boolean {
    return (this.node.inputs[place] ?? '') !== ''
  }

  /** @throws NoMeaning where outputs behind these are read, which nothing here gives */
  gives(count: number): void {
    if (this.node.outputs.slice(count).some((output) => output !== ''))
      throw new NoMeaning('outputs')
  }

  input(place: number): ValueName {
    const input = this.node.inputs[place] ?? ''
    if (input === '') throw new NoMeaning('input')
    return input
  }

  optional(place: number): ValueName | null {
    return this.has(place) ? this.input(place) : null
  }

  every(): ValueName[] {
    if (this.inputs === 0) throw new NoMeaning('inputs')
    return this.node.inputs.map((_, place) => this.input(place))
  }

  /** @throws NoMeaning where not even their number is known */
  sides(place: number): Sides {
    return this.sidesOf(this.input(place))
  }

  /** Of what was made on the way. @throws NoMeaning where not even their number is known */
  sidesOf(value: ValueName): Sides {
    const sides = this.soFar.facts.sides.get(value)
    if (sides === undefined) throw new NoMeaning(`shape(${shortText(value)})`, '?')
    return sides
  }

  /** Whether somebody may read an output. */
  isAsked(place: number): boolean {
    return (this.node.outputs[place] ?? '') !== ''
  }

  rank(place: number): number {
    return this.sides(place).length
  }

  /** A side that is the same for all samples; null where it is open. */
  side(place: number, axis: number): number | null {
    const side = this.sides(place).at(axis) ?? null
    return typeof side === 'number' ? side : null
  }

  /** Counts an axis from the first one. */
  axis(axis: number, rank: number): number {
    const found = axis < 0 ? axis + rank : axis
    if (found < 0 || found >= rank) throw new NoMeaning('axis')
    return found
  }

  /** The type of codes that the file or what quantizes a value says, also where the graph holds them as real numbers. */
  typeOfCodes(place: number): OnnxType | null {
    return this.soFar.types.ofCodes(this.input(place))
  }

  /** A weight that was only turned on its way, with the axis of it that each axis of the input is. */
  turnedWeight(place: number): TurnedWeight {
    const name = this.input(place)
    return this.soFar.turned.get(name) ?? { name, axes: this.sides(place).map((_, at) => at) }
  }

  isWeight(place: number): boolean {
    return this.soFar.parameters.has(this.input(place))
  }

  /** null: the file does not say it. */
  type(place: number): OnnxType | null {
    return this.soFar.types.of(this.input(place))
  }

  /** Whether an input is of whole numbers, by what the file says, else by what is known of it. */
  isWhole(place: number): boolean {
    const type = this.type(place)
    return type === null ? this.known(place)?.dtype === 'int32' : isWhole(type)
  }

  /** @throws NoMeaning for whole numbers, which what is called so here has no arithmetic of */
  isReal(place: number): void {
    if (this.isWhole(place)) throw new NoMeaning('type', this.type(place) ?? 'I64')
  }

  known(place: number): KnownNumbers | null {
    return this.has(place) ? (this.soFar.facts.numbers.get(this.input(place)) ?? null) : null
  }

  /** All elements of an input where they are known before anything runs; null where one is not. */
  said(place: number): readonly number[] | null {
    const values = this.known(place)?.values
    const numbers = values?.filter((value) => typeof value === 'number')
    return numbers !== undefined && numbers.length === values?.length ? numbers : null
  }

  /** Whether an input is a constant of which this holds everywhere. */
  isAll(place: number, holds: (value: number) => boolean): boolean {
    const values = this.said(place) ?? this.soFar.constants.get(this.input(place))?.values ?? null
    return values !== null && values.every(holds)
  }

  numbers(place: number): readonly number[] {
    const numbers = this.said(place)
    if (numbers === null) throw new NoMeaning(`numbers(${shortText(this.input(place))})`, '?')
    return numbers
  }

  oneNumber(place: number): number {
    const [number, ...others] = this.numbers(place)
    if (number === undefined || others.length > 0) throw new NoMeaning('number')
    return number
  }

  hasAttribute(name: string): boolean {
    return this.node.attributes.has(name)
  }

  whole(name: string, fallback?: number): number {
    return this.attribute(name, 'whole', fallback)
  }

  number(name: string, fallback?: number): number {
    return this.attribute(name, 'float', fallback)
  }

  text(name: string, fallback?: string): string {
    return this.attribute(name, 'text', fallback)
  }

  wholes(name: string, fallback?: readonly number[]): readonly number[] {
    return this.attribute(name, 'wholes', fallback)
  }

  texts(name: string, fallback?: readonly string[]): readonly string[] {
    return this.attribute(name, 'texts', fallback)
  }

  numbersOf(name: string): readonly number[] {
    return this.attribute(name, 'floats', undefined)
  }

  private attribute<Kind extends OnnxAttribute['kind']>(
    name: string,
    kind: Kind,
    fallback: ValueOf<Kind> | undefined,
  ): ValueOf<Kind> {
    const found = this.node.attributes.get(name)
    if (found === undefined && fallback !== undefined) return fallback
    if (found?.kind !== kind) throw new NoMeaning(name, valueOf(found))
    // The compiler does not see that kind and value belong together, as the type of attributes says.
    return (found as unknown as { value: ValueOf<Kind> }).value
  }
}

/** For messages: short ones as they are. */
export function valueOf(attribute: OnnxAttribute | undefined): string {
  if (attribute === undefined || !('value' in attribute)) return ''
  const { kind, value } = attribute
  return kind === 'tensor' || kind === 'graphs' ? kind : shortText(String(value))
}

type ValueOf<Kind> =
  Extract<OnnxAttribute, { kind: Kind }> extends { readonly value: infer Value } ? Value : never
