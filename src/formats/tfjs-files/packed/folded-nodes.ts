import { constantsOf } from './find-decodings'
import type { FoundDecoding } from './find-decodings'

/** Nodes of a file in which weights are constants again that a graph made of other constants. */
export class FoldedNodes {
  private readonly gone: ReadonlySet<string>

  /** @param folded by weight */
  constructor(private readonly folded: ReadonlyMap<string, FoundDecoding>) {
    const all = [...folded.values()]
    this.gone = new Set(all.flatMap((found) => [...constantsOf(found), ...found.nodes]))
  }

  /** @param constant makes one of the node that gave a weight */
  of<Node extends { readonly name?: unknown }>(
    nodes: readonly Node[],
    constant: (node: Node, weight: string) => Node,
  ): Node[] {
    return nodes.flatMap((node) => {
      const { name } = node
      if (typeof name !== 'string') return [node]
      if (this.gone.has(name)) return []
      return [this.folded.has(name) ? constant(node, name) : node]
    })
  }
}
