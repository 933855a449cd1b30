import { elementCount } from '../core/tensor-spec'
import type { GraphInput, ModelGraph } from './graph'
import { MOST_NUMBERS } from './numbers/known-numbers'
import type { KnownNumbers } from './numbers/known-numbers'
import { knownNumbers } from './numbers/number-rules'
import type { GraphNode, NodeOf, OpName } from './operators'
import type { ShapeRule } from './shapes/shape-rule'
import { shapeRules } from './shapes/shape-rules'
import { BATCH, isOpen, openSide } from './sides/side'
import type { Side, Sides } from './sides/side'
import { MOST_AXES } from './sides/sides'
import type { Constant, Shape, ValueName } from './values'

/** All that is known of values before a graph runs. */
export interface Inferred {
  /** Every open side has a name. */
  readonly sides: ReadonlyMap<ValueName, Sides>
  /** Of small values that are computed from constants and sides alone. */
  readonly numbers: ReadonlyMap<ValueName, KnownNumbers>
}

/** All lists of numbers together hold no more, however many a hostile graph asks for. */
const MOST_NUMBERS_IN_ALL = 2 ** 17

/**
 * Goes through a graph once. What does not fit together is left out, and never thrown.
 * @param given shapes that are known from elsewhere; null: as it is found
 */
export function infer(
  graph: ModelGraph,
  given: ReadonlyMap<ValueName, Shape> = new Map(),
): Inferred {
  const found = new Inference(given)
  for (const [name, { shape }] of graph.parameters) found.addSides(name, shape)
  for (const [name, constant] of graph.constants) found.addConstant(name, constant)
  for (const input of graph.inputs) found.addInput(input)
  for (const node of graph.nodes) found.addNode(node)
  return found
}

/** What is known so far of a graph that is gone through node by node. */
export class Inference implements Inferred {
  readonly sides = new Map<ValueName, Sides>()
  readonly numbers = new Map<ValueName, KnownNumbers>()
  private left = MOST_NUMBERS_IN_ALL

  constructor(private readonly given: ReadonlyMap<ValueName, Shape> = new Map()) {}

  addInput({ value, shape }: GraphInput): void {
    const known = this.given.get(value) ?? shape
    if (known !== null) this.keep(value, known, BATCH)
  }

  addConstant(name: ValueName, { shape, dtype, values }: Constant): void {
    this.addSides(name, shape)
    const count = elementCount(shape)
    if (values?.length !== count || count < 1 || count > MOST_NUMBERS || dtype === 'string') return
    this.addNumbers(name, { dtype, shape, values })
  }

  addNode(node: GraphNode): void {
    const facts = {
      inputs: node.inputs.map((name) => (name === null ? undefined : this.sides.get(name))),
      numbers: node.inputs.map((name) => (name === null ? undefined : this.numbers.get(name))),
    }
    const found = ruleOf(node)(node, facts)
    node.outputs.forEach((name, place) => {
      this.addSides(name, found[place] ?? null)
      const sides = this.sides.get(name)
      if (sides !== undefined) this.addNumbers(name, knownNumbers(node, facts, sides, place))
    })
  }

  /** What is given counts more than what is found. */
  addSides(name: ValueName, found: Sides | null): void {
    const given = this.given.get(name)
    if (found !== null && (given === undefined || given.length === found.length))
      this.keep(
        name,
        found.map((side, at) => given?.[at] ?? side),
        `${name}[0]`,
      )
    else if (given !== undefined) this.keep(name, given, BATCH)
  }

  /** @param first what the first side is called where it is open and has no name */
  private keep(name: ValueName, sides: Sides, first: string): void {
    if (sides.length > MOST_AXES || !sides.every(isPossible)) return
    const named = (side: Side, at: number): Side =>
      side ?? openSide(at === 0 ? first : `${name}[${at}]`)
    this.sides.set(name, sides.map(named))
  }

  private addNumbers(name: ValueName, numbers: KnownNumbers | null): void {
    if (numbers === null || numbers.values.length > this.left) return
    this.left -= numbers.values.length
    this.numbers.set(name, numbers)
  }
}

function ruleOf<Op extends OpName>(node: NodeOf<Op>): ShapeRule<Op> {
  return shapeRules[node.op]
}

function isPossible(side: Side): boolean {
  if (side === null) return true
  const factor = isOpen(side) ? side.times : side
  return Number.isSafeInteger(factor) && factor >= (isOpen(side) ? 1 : 0)
}
