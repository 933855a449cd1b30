import type { ModelGraph } from './graph'
import type { Shape, ValueName } from './values'

/** Layers that hold a node of which nothing is known but that its format runs it. */
export function opaqueLayers({ nodes }: ModelGraph): ReadonlySet<string> {
  return new Set(nodes.filter(({ op }) => op === 'opaque').map(({ layer }) => layer))
}

/**
 * Shapes behind nodes that are opaque, which only a model that has run knows: what `shapesOf` can be given. Of a layer
 * with several outputs the first is known.
 * @param known what each layer gives, by its name, for open samples; what stands for something else is passed over
 */
export function shapesBehindOpaque(
  graph: ModelGraph,
  known: ReadonlyMap<string, Shape>,
): ReadonlyMap<ValueName, Shape> {
  const opaque = opaqueLayers(graph)
  const given = new Map<ValueName, Shape>()
  for (const {
    name,
    outputs: [value],
  } of graph.layers) {
    const shape = known.get(name)
    if (opaque.has(name) && value !== undefined && shape?.[0] === null) given.set(value, shape)
  }
  return given
}
