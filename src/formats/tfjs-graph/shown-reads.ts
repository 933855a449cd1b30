import type { Json } from '../../files/read-json'
import { parseGraph } from './parse-graph'

/**
 * Whose values each shown node reads: nodes that are not shown, such as Identity, are gone through.
 * @throws StudioError as `parseGraph`
 */
export function shownReads(
  file: string,
  topology: Json | undefined,
  shown: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const { nodes } = parseGraph(file, topology)
  const inputs = new Map(nodes.map((node) => [node.name, node.inputs]))
  return new Map(
    [...shown].map((name) => {
      const found = new Set<string>()
      const seen = new Set<string>()
      const open = [...(inputs.get(name) ?? [])].toReversed()
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        if (seen.has(at)) continue
        seen.add(at)
        if (shown.has(at)) found.add(at)
        else open.push(...(inputs.get(at) ?? []).toReversed())
      }
      found.delete(name)
      return [name, [...found]]
    }),
  )
}
