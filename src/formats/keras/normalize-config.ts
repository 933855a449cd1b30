import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { applicationLayer } from './application-layers'
import { isOperation, withPlainCalls } from './plain-calls'
import { withOpenBatches } from './operations/batch-sizes'
import { asOperation } from './operations/as-operation'
import { ofTensorFlow } from './operations/tensorflow-functions'

/** Layers of TensorFlow's model-optimization toolkit that train what they hold, and compute what it computes. */
const wrappers: ReadonlySet<string> = new Set([
  ...['PruneLowMagnitude', 'ClusterWeights'],
  ...['QuantizeAnnotate', 'QuantizeWrapper', 'QuantizeWrapperV2'],
])

/** Functions of TensorFlow between layers, in files of Keras 2. */
const functions: ReadonlySet<string> = new Set(['TFOpLambda', 'SlicingOpLambda'])

export interface NormalizedConfig {
  readonly config: JsonObject
  /** Wrappers that were taken off, and layers that only round: names of classes, each once. */
  readonly unwrapped: readonly string[]
  readonly unwrappedLayers: number
  /** Of these, layers whose zeros were kept while their weights were clustered. */
  readonly keepingZeros: number
  /** Layers whose calls were given a mask that comes with what they read. */
  readonly impliedMasks: ReadonlySet<string>
}

/** The description of a model with nothing in it but layers of Keras; what came stays as it is. */
export function normalizedConfig(config: JsonObject): NormalizedConfig {
  const found: Unwrapping[] = []
  const result = normalized(config, found)
  const whole = isObject(result) ? result : config
  const impliedMasks = new Set<string>()
  withPlainCalls(whole, impliedMasks)
  return {
    config: whole,
    impliedMasks,
    unwrapped: [...new Set(found.map(({ className }) => className))],
    unwrappedLayers: found.length,
    keepingZeros: found.filter(({ keepsZeros }) => keepsZeros).length,
  }
}

interface Unwrapping {
  readonly className: string
  readonly keepsZeros: boolean
}

function normalized(value: Json, found: Unwrapping[]): Json {
  if (Array.isArray(value)) return value.map((item) => normalized(item, found))
  if (!isObject(value)) return value
  const copy: JsonObject = Object.fromEntries(
    Object.entries('layers' in value ? withOpenBatches(value) : value).map(([key, item]) => [
      key,
      normalized(item, found),
    ]),
  )
  const { class_name: className, config } = copy
  if (typeof className !== 'string' || !isObject(config)) return copy
  for (const key of ['input_layers', 'output_layers'])
    if (config[key] !== undefined) config[key] = listed(config[key])
  const plain = className.slice(className.lastIndexOf('>') + 1)
  const { layer } = config
  if (wrappers.has(plain) && isObject(layer)) {
    const keepsZeros = plain === 'ClusterWeights' && config['preserve_sparsity'] === true
    found.push({ className: plain, keepsZeros })
    return held(copy, config, layer)
  }
  const chain = asModel(copy, plain, config)
  if (chain !== null) return chain
  const { module, registered_name: registered } = copy
  const ofApplication = applicationLayer(module, plain)
  if (ofApplication !== null) copy['class_name'] = ofApplication
  else if (plain === 'QuantizeLayer') {
    found.push({ className: plain, keepsZeros: false })
    copy['class_name'] = 'Identity'
    // Somebody's own class may be called like one of Keras.
  } else if (typeof registered === 'string' && registered.includes('>'))
    copy['class_name'] = registered
  if (functions.has(plain)) {
    const operation = ofTensorFlow(copy)
    return operation === null ? copy : asOperation(operation, value)
  }
  return 'inbound_nodes' in copy && isOperation(copy)
    ? asOperation({ ...copy, class_name: plain }, value)
    : copy
}

/** Layers one after the other, which Keras keeps without the shape of what they read where it has not seen it. */
function asModel(layer: JsonObject, className: string, config: JsonObject): JsonObject | null {
  const { registered_name: registered } = layer
  const { layers } = config
  const isOwn = typeof registered === 'string' && registered.includes('>')
  if (className !== 'Pipeline' || isOwn || !Array.isArray(layers)) return null
  // Of the layers that an .h5 lists, only those inside say what they were built for.
  const [shape] = [layer, layers[0] ?? null].flatMap((entry) => {
    const built = isObject(entry) ? entry['build_config'] : null
    const given = isObject(built) ? built['input_shape'] : null
    return Array.isArray(given) ? [given] : []
  })
  if (shape === undefined) return null
  return {
    ...layer,
    class_name: 'Sequential',
    config: { ...config, build_input_shape: shape },
  }
}

/** Tensors that a model names in a dict, or in lists of lists, in the order in which Keras counts them: by key. */
function listed(ports: Json): Json {
  const isOne = (value: Json): boolean => Array.isArray(value) && typeof value[0] === 'string'
  const within = (value: Json): Json[] => {
    if (isOne(value)) return [value]
    if (Array.isArray(value)) return value.flatMap(within)
    if (!isObject(value)) return [value]
    return Object.keys(value)
      .toSorted()
      .flatMap((key) => within(value[key] ?? null))
  }
  return isOne(ports) ? ports : within(ports)
}

/** The layer in a wrapper, under the name of the wrapper, which is what other layers know. */
function held(wrapper: JsonObject, outer: JsonObject, layer: JsonObject): JsonObject {
  const inner = isObject(layer['config']) ? layer['config'] : {}
  const { batch_input_shape: shape, name } = outer
  return {
    ...wrapper,
    class_name: layer['class_name'] ?? null,
    config: {
      ...inner,
      ...(name === undefined ? {} : { name }),
      ...(shape === undefined ? {} : { batch_input_shape: shape }),
    },
  }
}
