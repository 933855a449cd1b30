import type { ModelNote } from '../../core/model-summary'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode } from '../../graph/operators'
import { rowName } from './graph-download'

/**
 * Says which operator of a file of TensorFlow.js its own backend of WebAssembly computes wrongly: a download has it as it came. The most of places in space
 * begins at the least number above zero there, and is that where all are below it; `OneHot` of real numbers writes the bits of whole ones (4.22).
 */
export function wrongKernels(graph: ModelGraph): ModelNote[] {
  const found = graph.nodes.find(isWrong)
  if (found === undefined) return []
  return [{ code: 'note/wrong-on-wasm', params: { what: rowName(graph, found.layer) } }]
}

function isWrong(node: GraphNode): boolean {
  if (node.op === 'oneHot') return node.attributes.dtype === 'float32'
  return (
    node.op === 'pool' && node.attributes.function === 'Max' && node.attributes.window.length === 3
  )
}
