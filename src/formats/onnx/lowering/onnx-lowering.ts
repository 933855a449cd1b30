import type { GraphNode, NodeOf, OpAttributes, OpName } from '../../../graph/operators'
import type { Side } from '../../../graph/sides/side'
import type { Constant, ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { OnnxNode, OnnxType } from '../onnx-model'
import { wrapping } from './element-types'
import { NodeReader } from './node-reader'

/**
 * Says what one node of ONNX means, by adding nodes to the graph.
 * @throws NoMeaning where no operators mean exactly that
 */
export type Lower = (node: OnnxLowering) => void

/** One node of a file on its way into a graph. */
export class OnnxLowering extends NodeReader {
  readonly nodes: GraphNode[] = []
  private readonly made = new Map<ValueName, Constant>()

  /** All that was added counts from now on. */
  finish(): readonly GraphNode[] {
    for (const [name, constant] of this.made) this.soFar.made.set(name, constant)
    return this.nodes
  }

  /** A constant that the operator implies. */
  constant(
    values: readonly number[],
    shape: readonly number[],
    dtype: Constant['dtype'],
  ): ValueName {
    const name = this.soFar.names.next(`${this.node.name}/constant`)
    const constant = { shape, dtype, values }
    this.made.set(name, constant)
    this.soFar.facts.addConstant(name, constant)
    return name
  }

  /** What the node of the file gives is a constant. */
  giveConstant(
    values: readonly number[],
    shape: readonly number[],
    dtype: Constant['dtype'],
  ): void {
    const [name = ''] = this.node.outputs
    if (name === '') throw new NoMeaning('outputs')
    const constant = { shape, dtype, values }
    this.made.set(name, constant)
    this.soFar.facts.addConstant(name, constant)
  }

  /** Adds a node on the way. @returns what it gives */
  step<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
  ): ValueName {
    const name = this.soFar.names.next(`${this.node.name}/${op}`)
    this.add(op, attributes, inputs, [name])
    return name
  }

  /** As `step`, of several. */
  steps<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
    count: number,
  ): ValueName[] {
    const names = Array.from({ length: count }, () =>
      this.soFar.names.next(`${this.node.name}/${op}`),
    )
    this.add(op, attributes, inputs, names)
    return names
  }

  /** Adds the node that gives what the node of the file gives. */
  give<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
    count = 1,
  ): void {
    this.gives(count)
    const outputs = this.node.outputs
      .slice(0, count)
      .map((output) => (output === '' ? this.soFar.names.next(`${this.node.name}/${op}`) : output))
    if (outputs.length === 0) throw new NoMeaning('outputs')
    while (outputs.length < count) outputs.push(this.soFar.names.next(`${this.node.name}/${op}`))
    this.add(op, attributes, inputs, outputs)
  }

  /** Adds the node that gives one of what the node of the file gives, where that has a name. */
  giveAt<Op extends OpName>(
    place: number,
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
  ): void {
    const output = this.node.outputs[place] ?? ''
    if (output !== '') this.add(op, attributes, inputs, [output])
  }

  /** As `give`, of whole numbers in the bits of their type. */
  giveWrapped<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
  ): void {
    const type = this.type(0)
    const bits = type === null ? null : wrapping(type)
    if (bits === null) this.give(op, attributes, inputs)
    else this.give('unary', { function: 'Wrap', ...bits }, [this.step(op, attributes, inputs)])
  }

  /**
   * Whole numbers are of 32 bits here. One beyond them that a file computes sizes with is known before anything runs.
   * @throws NoMeaning where one would be computed with
   */
  private checkSmall(inputs: readonly (ValueName | null)[], outputs: readonly ValueName[]): void {
    const { facts, constants } = this.soFar
    const isKnown = (name: ValueName): boolean =>
      facts.numbers.get(name)?.values.every((value) => value !== null) === true
    if (outputs.every((name) => isKnown(name) && !this.soFar.outputs.has(name))) return
    for (const name of inputs) {
      const { dtype, values } =
        facts.numbers.get(name ?? '') ?? constants.get(name ?? '') ?? nothing
      const far = dtype === 'int32' ? values?.find((value) => isFar(value)) : undefined
      if (typeof far === 'number') throw new NoMeaning('whole number', String(far))
    }
  }

  /** A name that nothing in the graph has yet. */
  fresh(part: string): ValueName {
    return this.soFar.names.next(`${this.node.name}/${part}`)
  }

  /** As `step`, of what others read too where the node of the file has a name for it. */
  stepAt<Op extends OpName>(
    place: number,
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
  ): ValueName {
    const output = this.node.outputs[place] ?? ''
    const name = output === '' ? this.soFar.names.next(`${this.node.name}/${op}`) : output
    this.add(op, attributes, inputs, [name])
    return name
  }

  /** What the node gives is held as real numbers. @param codes the type that the file means */
  givesReal(codes: OnnxType | null = null, place = 0): void {
    const name = this.node.outputs[place] ?? ''
    if (name !== '') this.soFar.types.addReal(name, codes)
  }

  /**
   * Carries out another operator of ONNX as a part of this one.
   * @param settings its attributes; null: those of this one
   * @param outputs names of what it gives; null: names of its own
   * @returns what it gives
   */
  part(
    rule: Lower,
    inputs: readonly (ValueName | null)[],
    settings: OnnxNode['attributes'] | null = null,
    outputs: readonly ValueName[] | null = null,
  ): readonly ValueName[] {
    const { attributes, name } = this.node
    const part = new OnnxLowering(
      {
        ...this.node,
        attributes: settings ?? attributes,
        inputs: inputs.map((input) => input ?? ''),
        outputs: outputs ?? [this.soFar.names.next(`${name}/part`)],
      },
      this.version,
      this.soFar,
    )
    rule(part)
    for (const output of part.node.outputs)
      if (this.soFar.types.ofCodes(output) === null) this.soFar.types.addReal(output)
    this.nodes.push(...part.nodes)
    for (const [constant, value] of part.made) this.made.set(constant, value)
    return part.node.outputs
  }

  /** Carries out another operator of ONNX with what that of this one is carried out with, and gives what it gives. */
  last(
    rule: Lower,
    inputs: readonly (ValueName | null)[],
    settings: OnnxNode['attributes'] | null = null,
  ): void {
    this.gives(1)
    this.givesReal()
    this.part(rule, inputs, settings, this.node.outputs)
  }

  private remember({ attributes, inputs: [from = null], outputs }: NodeOf<'transpose'>): void {
    const { parameters, turned } = this.soFar
    const before = turned.get(from ?? '')
    const name = before?.name ?? from ?? ''
    if (!parameters.has(name)) return
    const axes = attributes.perm.map((axis) => before?.axes[axis] ?? axis)
    turned.set(outputs[0] ?? '', { name, axes })
  }

  private add<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (ValueName | null)[],
    outputs: readonly ValueName[],
  ): void {
    const id = outputs[0] ?? this.node.name
    const node = { id, layer: this.node.name, op, attributes, inputs, outputs } as GraphNode
    this.nodes.push(node)
    this.soFar.facts.addNode(node)
    this.checkSmall(inputs, outputs)
    if (node.op === 'transpose') this.remember(node)
  }
}

const nothing: Pick<Constant, 'dtype' | 'values'> = { dtype: 'float32', values: null }

function isFar(value: Side): boolean {
  return typeof value === 'number' && (value >= 2 ** 31 || value < -(2 ** 31))
}
