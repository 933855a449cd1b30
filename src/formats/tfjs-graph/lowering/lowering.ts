import type { GraphNode, OpAttributes, OpName } from '../../../graph/operators'
import type { Constant, ValueName } from '../../../graph/values'
import { NoMeaning, NodeAttributes } from './node-attributes'
import type { FileNode } from '../file-node'
import type { UniqueNames } from './unique-names'

/** Nothing is split into more parts. */
const MOST_OUTPUTS = 4096

/** What is known of values before anything runs. */
export interface KnownValues {
  /** Shapes of weights. */
  readonly shapes: ReadonlyMap<ValueName, readonly number[]>
  /** Of small constants and what hands them on: their elements, row by row; null where one is not known. */
  readonly elements: Map<ValueName, readonly (number | null)[]>
  /** Of values that are put into a shape: its sides, -1 for one that is not said. */
  readonly reshaped: Map<ValueName, readonly number[]>
  /** Constants that no file has, made on the way. */
  readonly made: Map<ValueName, Constant>
}

/**
 * Says what one node of a file means, by adding nodes to the graph.
 * @returns the values that the file's node gives, in its order
 * @throws NoMeaning where no operators mean exactly that, or where tfjs computes something else than TensorFlow defines
 */
export type Lower = (node: Lowering) => readonly ValueName[]

/** One node of a file on its way into a graph. */
export class Lowering {
  readonly attributes: NodeAttributes
  private readonly steps: GraphNode[] = []
  private readonly remembered = new Map<ValueName, readonly (number | null)[]>()
  private readonly putInto = new Map<ValueName, readonly number[]>()
  /** Begins the names that values have in here, and no name of an input. */
  private readonly mark: string

  constructor(
    private readonly node: FileNode,
    private readonly inputs: readonly (ValueName | null)[],
    private readonly names: UniqueNames,
    private readonly known: KnownValues,
  ) {
    this.attributes = new NodeAttributes(node.attributes)
    const stars = inputs.map((input) => /^\**/.exec(input ?? '')?.[0].length ?? 0)
    this.mark = '*'.repeat(1 + Math.max(0, ...stars))
  }

  get count(): number {
    return this.inputs.length
  }

  /** @throws NoMeaning unless the node has so many inputs */
  takes(count: number): void {
    if (this.count !== count) throw new NoMeaning('inputs')
  }

  input(place: number): ValueName {
    const input = this.inputs[place]
    if (input === undefined || input === null) throw new NoMeaning('input')
    return input
  }

  /** From one place up to, and not with, another. */
  between(from: number, to = this.count): ValueName[] {
    if (to <= from) throw new NoMeaning('inputs')
    return Array.from({ length: to - from }, (_, index) => this.input(from + index))
  }

  /** Sides of a weight; null of all else. */
  shape(place: number): readonly number[] | null {
    return this.known.shapes.get(this.input(place)) ?? null
  }

  /** Sides of a weight, or of what was put into a shape, -1 for one that is not said; null of all else. */
  sides(place: number): readonly number[] | null {
    return this.shape(place) ?? this.known.reshaped.get(this.input(place)) ?? null
  }

  /** Elements of an input as far as the file says them. */
  elements(place: number): readonly (number | null)[] | null {
    return this.known.elements.get(this.input(place)) ?? null
  }

  /** Whole numbers that the file says; null where they are computed. */
  saidWholes(place: number): readonly number[] | null {
    const elements = this.elements(place)
    if (elements === null) return null
    const wholes = elements.filter((element) => Number.isSafeInteger(element)).map(Number)
    return wholes.length === elements.length ? wholes : null
  }

  wholes(place: number): readonly number[] {
    const wholes = this.saidWholes(place)
    if (wholes === null) throw new NoMeaning('wholes')
    return wholes
  }

  whole(place: number): number {
    const [whole, ...more] = this.wholes(place)
    if (whole === undefined || more.length > 0) throw new NoMeaning('whole')
    return whole
  }

  /** One number that the file says; null where it is computed. */
  saidNumber(place: number): number | null {
    const elements = this.elements(place)
    if (elements === null) return null
    const [number] = elements
    if (elements.length !== 1 || !Number.isFinite(number)) throw new NoMeaning('number')
    return number ?? null
  }

  number(place: number): number {
    const number = this.saidNumber(place)
    if (number === null) throw new NoMeaning('number')
    return number
  }

  /** What the file says of a value that is handed on or put together. */
  remember(value: ValueName, elements: readonly (number | null)[]): void {
    this.remembered.set(value, elements)
  }

  /** The shape that a value is put into, as the file says it. */
  rememberSides(value: ValueName, sides: readonly number[]): void {
    this.putInto.set(value, sides)
  }

  /** A constant that the operator implies. */
  constant(number: number, dtype: Constant['dtype']): ValueName {
    const name = this.names.next(`${this.node.name}/${number}`)
    this.known.made.set(name, { shape: [], dtype, values: [number] })
    return name
  }

  /** @returns names of its outputs, under which further steps may read them */
  add<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
    outputs = 1,
  ): ValueName[] {
    if (outputs < 1 || outputs > MOST_OUTPUTS) throw new NoMeaning('outputs')
    const given = Array.from(
      { length: outputs },
      (_, index) => `${this.mark}${this.steps.length}:${index}`,
    )
    const [id = ''] = given
    // The compiler does not see that operator and attributes belong together, as the parameters say.
    const step = { id, layer: this.node.name, op, attributes, inputs, outputs: given }
    this.steps.push(step as GraphNode)
    return given
  }

  one<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
  ): ValueName {
    return this.add(op, attributes, inputs)[0] ?? ''
  }

  /**
   * All that was added.
   * @param results values that the file's node gives
   * @param finals their names in the graph
   */
  finished(results: readonly ValueName[], finals: readonly ValueName[]): GraphNode[] {
    const final = new Map(results.map((value, index) => [value, finals[index] ?? value]))
    for (const { op, outputs } of this.steps)
      for (const value of outputs)
        if (!final.has(value)) final.set(value, this.names.next(`${this.node.name}/${op}`))
    for (const [value, elements] of this.remembered)
      this.known.elements.set(final.get(value) ?? value, elements)
    for (const [value, sides] of this.putInto)
      this.known.reshaped.set(final.get(value) ?? value, sides)
    return this.steps.map((step) => ({
      ...step,
      id: final.get(step.id) ?? step.id,
      inputs: step.inputs.map((input) => (input === null ? null : (final.get(input) ?? input))),
      outputs: step.outputs.map((output) => final.get(output) ?? output),
    }))
  }
}
