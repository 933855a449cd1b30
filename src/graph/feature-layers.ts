import type { LayerFeatures } from '../core/model-summary'
import { channelPlaces, channelsToEnd } from './channel-places'
import type { ModelGraph } from './graph'
import { liveNodes } from './live-nodes'
import type { OpName } from './operators'
import { unsquashed } from './unsquashed'
import type { Shape, ValueName } from './values'

/** Say nothing of their own, or something else while they train. */
const silent: ReadonlySet<OpName> = new Set<OpName>(['batchNormalization', 'identity', 'noise'])

/**
 * Layers that say something of their own in so many channels, by which they can be compared with layers of another
 * model. Those of nested models are no layers of the model that trains; what it returns is compared anyway.
 * @param shapes of what layers say, by their names, as it lies
 * @returns shapes with channels last, as hints compare them
 */
export function featureLayers(
  graph: ModelGraph,
  shapes: ReadonlyMap<string, Shape>,
): readonly LayerFeatures[] {
  const { layers, nodes, outputs } = graph
  const loud = new Set(nodes.filter(({ op }) => !silent.has(op)).map(({ id }) => id))
  const returned = new Set([...outputs, ...goneAround(graph)])
  const places = channelPlaces(graph)
  return layers.flatMap(({ name, nested, ...layer }) => {
    const lies = shapes.get(name) ?? []
    const order = channelsToEnd(lies.length, places.get(layer.outputs[0] ?? ''))
    const shape = order?.map((place) => lies[place] ?? null) ?? []
    const channels = shape.length < 2 ? null : (shape.at(-1) ?? null)
    if (nested || channels === null || !layer.nodes.some((id) => loud.has(id))) return []
    return layer.outputs.some((value) => returned.has(value)) ? [] : [{ name, shape }]
  })
}

/** What nothing computes while the model trains: probabilities that it hands on until it returns them. */
function goneAround(graph: ModelGraph): readonly ValueName[] {
  const valuesOf = (one: ModelGraph): ValueName[] => liveNodes(one).flatMap((node) => node.outputs)
  const left = new Set(valuesOf(unsquashed(graph).graph))
  return valuesOf(graph).filter((value) => !left.has(value))
}
