/** Models whose graphs say what no file of TensorFlow.js's own layers can. */
import type { OpenedModel } from '../../src/formats/format'
import type { GraphNode } from '../../src/graph/operators'

/** As Keras pads what TensorFlow.js refuses to: windows of three places along a line. */
export function causal(model: OpenedModel): OpenedModel {
  const nodes = model.graph.nodes.map((node) => {
    if (node.op !== 'conv') return node
    const [gap = 1] = node.attributes.dilations
    const padding = { begin: [2 * gap], end: [0] }
    return { ...node, attributes: { ...node.attributes, padding } }
  })
  return { ...model, graph: { ...model.graph, nodes } }
}

/** As graphs of TensorFlow add what layers have in one: the bias of one product. */
export function apart(model: OpenedModel): OpenedModel {
  const nodes = model.graph.nodes.flatMap((node): GraphNode[] => {
    const [x = null, kernel = null, bias = null] = node.inputs
    if (bias === null || (node.op !== 'conv' && node.op !== 'matMul')) return [node]
    const add = {
      id: 'sum',
      layer: node.layer,
      op: 'combine',
      attributes: { function: 'Add' },
    } as const
    return [
      { ...node, inputs: [x, kernel, null], outputs: ['product'] },
      { ...add, inputs: [bias, 'product'], outputs: node.outputs },
    ]
  })
  return { ...model, graph: { ...model.graph, nodes } }
}

/** As Keras lays what TensorFlow.js turns: a line of 9 places with 3 channels. */
export function channelsFirst(model: OpenedModel): OpenedModel {
  const nodes = model.graph.nodes.map((node) => {
    if (node.op === 'batchNormalization')
      return { ...node, attributes: { ...node.attributes, axis: 1 } }
    return node.op === 'conv'
      ? { ...node, attributes: { ...node.attributes, layout: 'channelsFirst' as const } }
      : node
  })
  const inputs = model.graph.inputs.map((port) => ({ ...port, shape: [null, 3, 9] }))
  return { ...model, graph: { ...model.graph, inputs, nodes } }
}
