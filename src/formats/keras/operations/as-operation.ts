import type { Json, JsonObject } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'

/** Before the name of each operation, whose class may be called like one of a layer. */
const prefix = 'keras.ops.'

/** Null: the class is a layer. */
export function operationName(className: string): string | null {
  return className.startsWith(prefix) ? className.slice(prefix.length) : null
}

/**
 * An operation between layers with all that it is given in its settings: what it reads stands there as `{input: 0}` and so on,
 * what it is told as `{value: 2}`.
 * @param layer an entry as Keras 3 writes it
 * @param written what the file itself has
 */
export function asOperation(layer: JsonObject, written: JsonObject): JsonObject {
  const { class_name: className, config, inbound_nodes: nodes } = layer
  const named = {
    ...layer,
    class_name: `${prefix}${typeof className === 'string' ? className : ''}`,
  }
  const [node] = Array.isArray(nodes) && nodes.length === 1 ? nodes : []
  if (!isObject(config) || !isObject(node) || !Array.isArray(node['args'])) return named
  const tensors: JsonObject[] = []
  const operands = node['args'].flatMap((arg) => operandsIn(arg, tensors))
  const { kwargs } = node
  const told = isObject(kwargs) ? Object.entries(kwargs) : []
  const values = told.filter(([, value]) => value !== null && !holdsTensor(value))
  return {
    ...named,
    written,
    config: { ...spelled(config), ...Object.fromEntries(values), operands },
    inbound_nodes: [
      { args: tensors, kwargs: Object.fromEntries(told.filter(([, value]) => holdsTensor(value))) },
    ],
  }
}

/** Elsewhere it is the type that a layer computes in. */
function spelled(config: JsonObject): JsonObject {
  const { dtype, ...others } = config
  return dtype === undefined ? others : { ...others, to: dtype }
}

/** A list of tensors counts as that many. */
function operandsIn(arg: Json, tensors: JsonObject[]): Json[] {
  if (isTensor(arg)) return [{ input: tensors.push(arg) - 1 }]
  if (Array.isArray(arg) && arg.some(isTensor))
    return arg.flatMap((item) => operandsIn(item, tensors))
  return [{ value: arg }]
}

function isTensor(value: Json): value is JsonObject {
  return isObject(value) && value['class_name'] === '__keras_tensor__'
}

function holdsTensor(value: Json): boolean {
  if (isTensor(value)) return true
  if (Array.isArray(value)) return value.some(holdsTensor)
  return isObject(value) && Object.values(value).some(holdsTensor)
}
