import type { JsonObject, Json } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'

/** A layer as a config lists it. */
export interface ConfigLayer {
  readonly name: string
  /** Without the package that it was registered in. */
  readonly className: string
  /** Of a model in the model. */
  readonly layers: readonly ConfigLayer[] | null
  /** The layer that a wrapper holds. */
  readonly wrapped: ConfigLayer | null
  readonly config: JsonObject
}

/** The layers of a model in their order; none where it lists none, as one that is written in Python. */
export function layersOf(model: JsonObject): readonly ConfigLayer[] {
  const { config } = model
  // Before Keras 2.2.3 a Sequential was its list of layers.
  const list = Array.isArray(config) ? config : isObject(config) ? config['layers'] : undefined
  return Array.isArray(list) ? list.flatMap((item) => layerOf(item) ?? []) : []
}

function layerOf(item: Json | undefined): ConfigLayer | null {
  if (!isObject(item)) return null
  const { class_name: className, config, name: outer } = item
  if (typeof className !== 'string') return null
  const own = isObject(config) ? config : {}
  const name = typeof own['name'] === 'string' ? own['name'] : outer
  const holdsLayers = Array.isArray(config) || Array.isArray(own['layers'])
  return {
    name: typeof name === 'string' ? name : '',
    className: className.slice(className.lastIndexOf('>') + 1),
    layers: holdsLayers ? layersOf(item) : null,
    wrapped: layerOf(own['layer']),
    config: own,
  }
}

/** Layers of the TensorFlow Model Optimization Toolkit, which have weights beside those of the layer inside, if any. */
export const optimizationWrappers: ReadonlySet<string> = new Set([
  ...[
    'PruneLowMagnitude',
    'ClusterWeights',
    'QuantizeWrapper',
    'QuantizeWrapperV2',
    'QuantizeLayer',
  ],
])

/** Classes of the cells of a layer that stacks them, in the order in which they run. */
export function cellClasses({ config }: ConfigLayer): readonly string[] {
  const { cell } = config
  const settings = isObject(cell) ? cell['config'] : undefined
  const cells = isObject(settings) ? settings['cells'] : undefined
  return Array.isArray(cells) ? cells.flatMap((item) => layerOf(item)?.className ?? []) : []
}

/** All layers of a model, those of models inside as well, by their path. */
export function* everyLayer(
  layers: readonly ConfigLayer[],
  above = '',
): Generator<readonly [path: string, layer: ConfigLayer]> {
  for (const layer of layers) {
    const path = `${above}${layer.name}`
    yield [path, layer]
    if (layer.layers !== null) yield* everyLayer(layer.layers, `${path}/`)
  }
}
