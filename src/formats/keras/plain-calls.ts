import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { kerasCatalog } from './keras-catalog'
import { isKnownOperation } from './lowering/operations'

/** Of what Keras 3 computes masks: operations in the list of layers, which nothing but masks reads. */
const maskOperations: ReadonlySet<string> = new Set([
  ...['NotEqual', 'Any', 'All', 'ExpandDims', 'ZerosLike', 'OnesLike', 'LogicalOr', 'LogicalAnd'],
  ...['Concatenate', 'BroadcastTo'],
])

/**
 * Keras 3 writes masks that follow values once more as what they are computed by. They go, with what computes them, and
 * so do arguments that say whether a call is training, which whoever predicts says again. States to begin with stand
 * behind what is read, as in files of Keras 2.
 * @param config of a model; changed in place
 * @param implied told the layers that were given such a mask
 */
export function withPlainCalls(config: JsonObject, implied: Set<string>): void {
  const { config: inner } = config
  if (!isObject(inner) || !Array.isArray(inner['layers'])) return
  const layers = inner['layers'].filter((layer) => isObject(layer))
  for (const layer of layers) {
    withPlainCalls(layer, implied)
    const { layer: held } = isObject(layer['config']) ? layer['config'] : {}
    if (isObject(held)) withPlainCalls(held, implied)
  }
  const operations = new Set(layers.filter(isMaskOperation).map(nameOf))
  for (const layer of layers) {
    if (operations.has(nameOf(layer))) continue
    for (const { args, kwargs } of callsOf(layer)) {
      delete kwargs['training']
      const { initial_state: states, mask } = kwargs
      if (makersIn(states ?? null).length > 0 && states !== undefined) {
        delete kwargs['initial_state']
        args.push(...(Array.isArray(states) ? states : [states]))
      }
      const maker = makersIn(mask ?? null)
      if (maker.length === 0 || !maker.every((name) => operations.has(name))) continue
      delete kwargs['mask']
      implied.add(nameOf(layer))
    }
  }
  inner['layers'] = withoutUnread(layers, operations, inner['output_layers'] ?? null)
}

/** Operations that somebody still reads stay: they are part of the model. */
function withoutUnread(
  layers: readonly JsonObject[],
  operations: ReadonlySet<string>,
  outputs: Json,
): JsonObject[] {
  let left = [...layers]
  for (;;) {
    const read = new Set([
      ...left.flatMap(({ inbound_nodes: nodes = null }) => [...makersIn(nodes), ...textsIn(nodes)]),
      ...textsIn(outputs),
    ])
    const next = left.filter((layer) => !operations.has(nameOf(layer)) || read.has(nameOf(layer)))
    if (next.length === left.length) return left
    left = next
  }
}

/** What Keras 3 makes of an operation between tensors, and no layer; an .h5 does not say where it comes from. */
export function isOperation(layer: JsonObject): boolean {
  const { class_name: className, config, inbound_nodes: nodes, module } = layer
  if (typeof module === 'string') return /(?:^|[.])(?:ops|activations)(?:[.]|$)/.test(module)
  if (!isObject(config) || className === 'InputLayer') return false
  if (['trainable', 'layers', 'layer'].some((key) => key in config)) return false
  // Keras 2 lists what a call reads, and has no operations.
  if (Array.isArray(nodes) && nodes.some((node) => !isObject(node))) return false
  // Some layers say no more than their type.
  const isLayer = typeof className === 'string' && kerasCatalog.layerClass(className) !== undefined
  const isKnown = typeof className === 'string' && isKnownOperation(className)
  return isLayer ? !('dtype' in config) : isKnown || !('dtype' in config)
}

function isMaskOperation(layer: JsonObject): boolean {
  const { class_name: className } = layer
  if (typeof className !== 'string' || !isOperation(layer)) return false
  return maskOperations.has(className.split('.').at(-1) ?? '')
}

interface CallJson {
  readonly args: Json[]
  readonly kwargs: JsonObject
}

function callsOf({ inbound_nodes: nodes }: JsonObject): CallJson[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node): CallJson[] => {
    const { args, kwargs } = isObject(node) ? node : {}
    return Array.isArray(args) && isObject(kwargs ?? null)
      ? [{ args, kwargs: kwargs as JsonObject }]
      : []
  })
}

/** Layers that make the tensors in it. */
function makersIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(makersIn)
  if (!isObject(value)) return []
  const { class_name: className, config } = value
  if (className !== '__keras_tensor__') return Object.values(value).flatMap(makersIn)
  const history = isObject(config) ? config['keras_history'] : null
  const [name] = Array.isArray(history) ? history : []
  return typeof name === 'string' ? [name] : []
}

function textsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return typeof value === 'string' ? [value] : []
}

function nameOf({ config, name }: JsonObject): string {
  const inner = isObject(config) ? config['name'] : undefined
  return typeof inner === 'string' ? inner : typeof name === 'string' ? name : ''
}
