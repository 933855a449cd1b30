import type { LayerFeatures } from '../core/model-summary'
import type { ModelGraph } from './graph'
import type { OpName } from './operators'
import type { Shape } from './values'

/** Say nothing of their own, or something else while they train. */
const silent: ReadonlySet<OpName> = new Set<OpName>(['batchNormalization', 'identity', 'noise'])

/**
 * Layers that say something of their own in so many channels, by which they can be compared with layers of another
 * model. Those of nested models are no layers of the model that trains; what it returns is compared anyway.
 * @param shapes of what layers say, by their names
 */
export function featureLayers(
  { layers, nodes, outputs }: ModelGraph,
  shapes: ReadonlyMap<string, Shape>,
): readonly LayerFeatures[] {
  const loud = new Set(nodes.filter(({ op }) => !silent.has(op)).map(({ id }) => id))
  const returned = new Set(outputs)
  return layers.flatMap(({ name, nested, ...layer }) => {
    const shape = shapes.get(name) ?? []
    const channels = shape.length < 2 ? null : (shape.at(-1) ?? null)
    if (nested || channels === null || !layer.nodes.some((id) => loud.has(id))) return []
    return layer.outputs.some((value) => returned.has(value)) ? [] : [{ name, shape }]
  })
}
