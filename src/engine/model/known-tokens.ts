import { tokensKnown, tokensOfGraph } from '../../data/token-range'
import type { OpenedModel } from '../../formats/format'

/** How many tokens an open model knows; null where it has no embedding of its input, or nobody knows. */
export function knownTokens({ layers, topology, weights }: OpenedModel): number | null {
  const nodes: unknown = Reflect.get(topology, 'node')
  if (!Array.isArray(nodes)) return tokensKnown(layers)
  const tables = weights.flatMap(({ spec: { name, shape } }): [string, number][] => {
    const [rows] = shape
    return rows === undefined || shape.length !== 2 ? [] : [[name, rows]]
  })
  // A graph that was opened has been checked: every node has a name and an operator.
  return tokensOfGraph(nodes as Parameters<typeof tokensOfGraph>[0], new Map(tables))
}
