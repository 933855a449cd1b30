import { columnsOf, onlySide } from '../core/output-columns'
import type { OutputKind } from '../core/output-kind'
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
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node])))
  const shapes = shapesOf(graph)
  return graph.outputs.map((output) => factsOf(output, makers, shapes))
}

function factsOf(
  output: ValueName,
  makers: ReadonlyMap<ValueName, GraphNode>,
  shapes: ReadonlyMap<ValueName, Shape | null>,
): OutputFacts {
  const shapeOf = (value: ValueName | null | undefined): Shape => shapes.get(value ?? '') ?? []
  let value = output
  let node = makers.get(value)
  let joined = false
  // Each node stands behind what it reads: this ends.
  while (node !== undefined && handsOn(node)) {
    const [from] = node.inputs
    joined ||= node.op === 'reshape' && joinsPlaces(shapeOf(from), shapeOf(value))
    value = from ?? ''
    node = makers.get(value)
  }
  if (node === undefined) return { kind: 'scores', gathered: joined }
  const kind = kindOf(node)
  // Sides that were rearranged no longer hold all alternatives of a choice.
  if (kind === 'probabilities' && !isSame(columnsOf(shapeOf(value)), columnsOf(shapeOf(output))))
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

function gathers(node: GraphNode, makers: ReadonlyMap<ValueName, GraphNode>): boolean {
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

function isRoot(value: ValueName | null, makers: ReadonlyMap<ValueName, GraphNode>): boolean {
  const node = makers.get(value ?? '')
  const name = node?.op === 'unary' ? node.attributes.function : null
  return name === 'Sqrt' || name === 'Rsqrt'
}
