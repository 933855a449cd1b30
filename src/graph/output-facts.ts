import { columnsOf, onlySide } from '../core/output-columns'
import type { OutputKind } from '../core/output-kind'
import { beforeCodes } from './before-codes'
import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import { shapesOf } from './shapes-of'
import type { Shape, ValueName } from './values'

/** What the operators before an output say of its numbers. */
export interface OutputFacts {
  readonly kind: OutputKind
  /**
   * What makes it is nothing that anybody trains to be a choice: what a network has seen, put together, or cut at zero,
   * which no loss of a choice is taken from.
   */
  readonly gathered: boolean
}

/** One for each output of a graph: read off the operator that makes it, through those that only hand it on. */
export function outputFacts(graph: ModelGraph): readonly OutputFacts[] {
  const makers = makersIn(graph)
  const shapes = shapesOf(graph)
  return graph.outputs.map((output) =>
    factsOf(output, { makers, shapes, constants: graph.constants }),
  )
}

/**
 * What makes probabilities of the scores behind an output, through operators that only hand them on.
 * @returns null where nothing does, or not of the numbers along the last side that belong together
 */
export function squashingNode(graph: ModelGraph, output: ValueName): GraphNode | null {
  const shapes = shapesOf(graph)
  const known = { makers: makersIn(graph), shapes, constants: graph.constants }
  const { node, value } = originOf(output, known)
  if (node === undefined || factsOf(output, known).kind === 'scores') return null
  if (node.op !== 'softmax') return node
  const { axis } = node.attributes
  const shape = shapes.get(value) ?? []
  const isLast = axis === -1 || axis === shape.length - 1
  return isLast || shape[axis] === onlySide(shape) ? node : null
}

type Makers = ReadonlyMap<ValueName, GraphNode>

interface Known {
  readonly makers: Makers
  readonly constants: ModelGraph['constants']
  readonly shapes: ReadonlyMap<ValueName, Shape | null>
}

function makersIn({ nodes }: ModelGraph): Makers {
  return new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node])))
}

/** The value that an output hands on, and what makes it. */
function originOf(output: ValueName, { constants, makers, shapes }: Known) {
  let value = output
  let node = makers.get(value)
  let joined = false
  // Each node stands behind what it reads: this ends.
  while (node !== undefined) {
    const rounded = beforeCodes(node, { constants, makers })
    if (rounded === null && !handsOn(node)) break
    const from = rounded ?? node.inputs[0] ?? ''
    joined ||= node.op === 'reshape' && joinsPlaces(shapes.get(from) ?? [], shapes.get(value) ?? [])
    value = from
    node = makers.get(value)
  }
  return { joined, node, value }
}

function factsOf(output: ValueName, known: Known): OutputFacts {
  const { makers, shapes } = known
  const { joined, node, value } = originOf(output, known)
  if (node === undefined) return { kind: 'scores', gathered: joined }
  const kind = kindOf(node)
  const [before, after] = [value, output].map((name) => columnsOf(shapes.get(name) ?? []))
  // Sides that were rearranged no longer hold all alternatives of a choice.
  if (kind === 'probabilities' && !isSame(before ?? null, after ?? null))
    return { kind: 'scores', gathered: false }
  return { kind, gathered: joined || gathers(node, makers) }
}

/** What it gives is what it gets, in another form. */
function handsOn(node: GraphNode): boolean {
  switch (node.op) {
    case 'identity':
    case 'noise':
    case 'reshape':
    case 'squeeze':
    case 'unsqueeze':
      return true
    case 'cast':
      return node.attributes.to === 'float32'
    default:
      return false
  }
}

function kindOf(node: GraphNode): OutputKind {
  if (node.op === 'softmax') return node.attributes.log ? 'scores' : 'probabilities'
  return node.op === 'unary' && node.attributes.function === 'Sigmoid' ? 'sigmoid' : 'scores'
}

function isSame(before: number | null, after: number | null): boolean {
  return before === null || after === null || before === after
}

/** Several places of a sample become one row. */
function joinsPlaces(before: Shape, after: Shape): boolean {
  const isRow = after.length === 2 && columnsOf(after) !== columnsOf(before)
  return isRow && before.length > 2 && onlySide(before) === null
}

function gathers(node: GraphNode, makers: Makers): boolean {
  switch (node.op) {
    case 'layerNormalization':
      return true
    case 'unary':
      return isCut(node.attributes)
    case 'reduce':
      return node.attributes.function === 'Mean' || node.attributes.function === 'Max'
    case 'combine': {
      const { function: name } = node.attributes
      // Divided by its length.
      return (
        (name === 'Mul' || name === 'Div') && node.inputs.some((value) => isRoot(value, makers))
      )
    }
    default:
      return false
  }
}

/** Nothing below zero is left. */
function isCut(unary: Extract<GraphNode, { op: 'unary' }>['attributes']): boolean {
  return unary.function === 'Relu' || (unary.function === 'Clip' && unary.least === 0)
}

function isRoot(value: ValueName | null, makers: Makers): boolean {
  const node = makers.get(value ?? '')
  const name = node?.op === 'unary' ? node.attributes.function : null
  return name === 'Sqrt' || name === 'Rsqrt'
}
