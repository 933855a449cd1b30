import { shapeText } from '../core/shape-text'
import type { ModelGraph } from './graph'
import { Inference } from './infer'
import { liveNodes } from './live-nodes'
import type { GraphNode, OpName } from './operators'
import { windowPlaces } from './sides/window-places'
import { times } from './sides/side'
import type { Side, Sides } from './sides/side'
import { shared } from './sides/sides'

/** Whose sides follow from those that it reads and from nothing else: where there are none, they do not fit. */
const following: ReadonlySet<OpName> = new Set([
  ...(['conv', 'depthwiseConv', 'matMul', 'dot', 'pool', 'combine', 'where', 'concat'] as const),
])

/** A node that reads values which cannot go together, and their shapes for people; null: there is none. */
export function misfit(
  graph: ModelGraph,
): { readonly node: GraphNode; readonly shapes: string } | null {
  const live = new Set(liveNodes(graph))
  const known = new Inference()
  for (const [name, { shape }] of graph.parameters) known.addSides(name, shape)
  for (const [name, constant] of graph.constants) known.addConstant(name, constant)
  for (const input of graph.inputs) known.addInput(input)
  for (const node of graph.nodes) {
    known.addNode(node)
    const given = node.inputs.filter((name) => name !== null)
    const inputs = given.map((name) => known.sides.get(name)).filter((sides) => sides !== undefined)
    if (!live.has(node) || inputs.length !== given.length) continue
    const [output = ''] = node.outputs
    const isOff = following.has(node.op) && isNothing(known.sides.get(output), inputs)
    if (isOff || !channelsFit(node, inputs)) return { node, shapes: inputs.map(textOf).join(', ') }
  }
  return null
}

/** What fits gives sides, and windows find a place where there is one at all. */
function isNothing(output: Sides | undefined, inputs: readonly Sides[]): boolean {
  return output?.includes(0) !== false && !inputs.some((sides) => sides.includes(0))
}

/** Whether windows and normalisations find as many channels as they have weights for. */
function channelsFit(node: GraphNode, [x = [], ...weights]: readonly Sides[]): boolean {
  if (node.op === 'conv') {
    const { groups, kernel, layout } = node.attributes
    const places = windowPlaces(x.length, kernel.spatial.length, layout)
    const read = times(weights[0]?.[kernel.input], groups)
    return places === null || shared(x[places.channel] ?? null, read) !== undefined
  }
  if (node.op === 'batchNormalization') {
    const { axis } = node.attributes
    const channels = x.at(axis) ?? null
    return weights.every(
      (sides) => sides.length !== 1 || shared(sides[0] ?? null, channels) !== undefined,
    )
  }
  if (node.op === 'softmax')
    return node.attributes.axis < x.length && node.attributes.axis >= -x.length
  return true
}

function textOf(sides: Sides): string {
  return shapeText(sides.map((side: Side) => (typeof side === 'number' ? side : null)))
}
