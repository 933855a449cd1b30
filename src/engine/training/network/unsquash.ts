import * as tf from '@tensorflow/tfjs'
import type { ModelGraph } from '../../../graph/graph'
import type { GraphNode } from '../../../graph/operators'
import { squashingNode } from '../../../graph/output-facts'
import { logitsOf } from './logits-of'
import { onlyTensor } from './only-tensor'

/** What an output's last step makes of its logits; training goes around it. */
export type Squashing = 'softmax' | 'sigmoid' | null

/** A model whose first output gives logits. */
interface Unsquashed {
  readonly squashing: Squashing
  /** What the model now says, as logits. */
  readonly logits: (output: tf.Tensor) => tf.Tensor
}

/** Takes softmax or sigmoid off the first output, since losses are exact on logits only. */
export function unsquash(model: tf.LayersModel, graph: ModelGraph): Unsquashed {
  const [output] = graph.outputs
  const node = output === undefined ? null : squashingNode(graph, output)
  if (node === null) return { squashing: null, logits: (given) => given }
  const isSoftmax = node.op === 'softmax'
  const kind = isSoftmax ? 'probabilities' : 'sigmoid'
  const layer = layerAt(model, node.layer)
  const isOff = layer !== null && isCalledOnce(node, graph) && isTakenOff(layer, node, graph)
  return {
    squashing: isSoftmax ? 'softmax' : 'sigmoid',
    // The same layer may stand in the middle as well, and stays what it is.
    logits: (given) => (isOff ? given : logitsOf(given, kind)),
  }
}

function isCalledOnce({ layer, op }: GraphNode, { nodes }: ModelGraph): boolean {
  return nodes.filter((node) => node.layer === layer && node.op === op).length === 1
}

function isTakenOff(layer: tf.layers.Layer, node: GraphNode, { nodes }: ModelGraph): boolean {
  const others = nodes.filter((other) => other.layer === node.layer && other !== node)
  // What a mask does to scores first is opaque, and goes with them.
  if (others.every(({ op }) => op === 'opaque')) {
    layer.call = (inputs) => tf.tidy(() => onlyTensor(inputs).clone())
    return true
  }
  const own = heldBy(layer) ?? layer
  if (!Reflect.has(own, 'activation')) return false
  const linear: unknown = Reflect.get(tf.layers.activation({ activation: 'linear' }), 'activation')
  return Reflect.set(own, 'activation', linear)
}

/** A layer by its name in the graph: `outer/inner` where it lies in a model in the model. */
function layerAt({ layers }: tf.LayersModel, path: string): tf.layers.Layer | null {
  for (const layer of layers) {
    if (layer.name === path) return layer
    const inner = layer instanceof tf.LayersModel ? layer : heldBy(layer)
    if (!(inner instanceof tf.LayersModel) || !path.startsWith(`${layer.name}/`)) continue
    const found = layerAt(inner, path.slice(layer.name.length + 1))
    if (found !== null) return found
  }
  return null
}

/** What a layer carries out at each step. */
export function heldBy(layer: tf.layers.Layer): tf.layers.Layer | null {
  const held: unknown = Reflect.get(layer, 'layer')
  return held instanceof tf.layers.Layer ? held : null
}
