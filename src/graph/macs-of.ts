import type { ModelGraph } from './graph'
import { infer } from './infer'
import type { NodeOf, OpName } from './operators'
import { perSample } from './sides/per-sample'
import { plus } from './sides/side'
import type { Side } from './sides/side'
import type { Shape, ValueName } from './values'
import type { WorkRule } from './work/work-rule'
import { workRules } from './work/work-rules'

/**
 * Multiply-accumulates of each layer for one sample, all of its calls together, by the name of the layer. What is
 * added, compared, looked up or moved alone is not counted, nor biases and activations.
 *
 * | operator | counted |
 * |---|---|
 * | conv, depthwiseConv | kernel elements x output positions |
 * | transposedConv | kernel elements x input positions |
 * | matMul, dot | output elements x length of the contracted axis |
 * | recurrent | (kernels + recurrent kernels) x time steps, of all cells and directions |
 * | the same of convolutions (convLstm) | that x output positions |
 * | einsum of several values | all combinations of its letters |
 * | batchNormalization, layerNormalization, localResponseNormalization | output elements |
 * | opaque | not known |
 * | all others | 0 |
 *
 * A position is one combination of all axes but channels. A graph that takes a fixed number of samples at once does
 * equally much for each.
 * @param given as for `shapesOf`
 * @returns null where a side that is needed is open, or a node is opaque; of all layers where a graph has no nodes
 */
export function macsOf(
  graph: ModelGraph,
  given?: ReadonlyMap<ValueName, Shape>,
): ReadonlyMap<string, number | null> {
  const works = nodeMacs(graph, given)
  return new Map(
    graph.layers.map(({ name, nodes }) => {
      const all = nodes.reduce<Side>((sum, id) => plus(sum, works.get(id)), 0)
      return [name, typeof all === 'number' && works.size > 0 ? all : null]
    }),
  )
}

/** The same of each node, by its id. */
export function nodeMacs(
  graph: ModelGraph,
  given?: ReadonlyMap<ValueName, Shape>,
): ReadonlyMap<string, number | null> {
  const { sides } = infer(graph, given)
  const samples = sides.get(graph.inputs[0]?.value ?? '')?.[0]
  const works = new Map<string, number | null>()
  for (const node of graph.nodes) {
    const [inputs, outputs] = [node.inputs, node.outputs].map((names) =>
      names.map((name) => (name === null ? undefined : sides.get(name))),
    )
    const work = ruleOf(node)(node, { inputs: inputs ?? [], outputs: outputs ?? [] })
    works.set(node.id, perSample(work, typeof samples === 'number' ? samples : 1))
  }
  return works
}

function ruleOf<Op extends OpName>({ op }: NodeOf<Op>): WorkRule<Op> {
  return workRules[op]
}
