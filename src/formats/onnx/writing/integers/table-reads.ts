import { wholeIn } from '../edited-node'
import type { GraphNode, OpenGraph } from '../graph-editor'
import { ownWeight } from './integer-products'

/** Rows that are taken out of a table, such as one of embeddings, which is a weight of its own. */
export interface TableRead {
  readonly node: GraphNode
  /** Which rows. */
  readonly indices: string
  readonly output: string
  /** By the name of its numbers. */
  readonly weight: string
  readonly rows: number
  /** Of a row. */
  readonly length: number
  /** Nodes that it takes the place of: itself. */
  readonly taken: readonly GraphNode[]
}

/** All reads of whole rows; tables that several read, or that a node makes, have none. */
export function tableReads(graph: OpenGraph): readonly TableRead[] {
  return graph.nodes.flatMap((one): TableRead[] => {
    const { attributes, domain, inputs, op, outputs } = one.node
    const [table = '', indices = ''] = inputs
    const [output = ''] = outputs
    if (domain !== '' || op !== 'Gather' || (wholeIn(attributes.get('axis')) ?? 0) !== 0) return []
    const weight = ownWeight(graph, table, 2)
    const [rows = 0, length = 0] = graph.placed.get(table)?.shape ?? []
    return weight === null
      ? []
      : [{ node: one, indices, output, weight, rows, length, taken: [one] }]
  })
}
