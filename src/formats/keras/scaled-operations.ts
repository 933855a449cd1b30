import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { isOperation } from './plain-calls'

/** What is made of x and a number, as x * scale + offset; null: it is not of that form. */
type Scaling = (number: number, isFirst: boolean) => { scale: number; offset: number } | null

const add: Scaling = (offset) => ({ scale: 1, offset })
const subtract: Scaling = (number, isFirst) =>
  isFirst ? { scale: -1, offset: number } : { scale: 1, offset: -number }
const multiply: Scaling = (scale) => ({ scale, offset: 0 })
const divide: Scaling = (number, isFirst) =>
  isFirst || number === 0 ? null : { scale: 1 / number, offset: 0 }

/** Operations of Keras 3 by class, functions of TensorFlow in files of Keras 2 by name. */
const scalings: Readonly<Record<string, Scaling>> = {
  Add: add,
  Subtract: subtract,
  Multiply: multiply,
  Divide: divide,
  TrueDivide: divide,
  'math.add': add,
  '__operators__.add': add,
  'math.subtract': subtract,
  'math.multiply': multiply,
  'math.truediv': divide,
  'math.divide': divide,
}

/** Functions of TensorFlow between two tensors, as the layers that do the same. */
const layersOf: Readonly<Record<string, string>> = {
  '__operators__.add': 'Add',
  'math.add': 'Add',
  'math.subtract': 'Subtract',
  'math.multiply': 'Multiply',
}

/**
 * What people write between layers, such as `x / 127.5 - 1`, as a layer that does the same; anything else stays as it is.
 * @param layer an entry of a functional model
 */
export function withoutArithmetic(layer: JsonObject): JsonObject {
  const { class_name: className, config, inbound_nodes: nodes } = layer
  if (!isObject(config) || !Array.isArray(nodes) || nodes.length !== 1) return layer
  const [node] = nodes
  const isFunction = className === 'TFOpLambda'
  const name = isFunction ? config['function'] : className
  const scaling = typeof name === 'string' ? scalings[name] : undefined
  if (scaling === undefined || typeof name !== 'string') return layer
  if (!isFunction && !isOperation(layer)) return layer
  const operands = isFunction ? ofFunction(node ?? null) : ofOperation(node ?? null)
  if (operands === null) return layer
  const [first, second] = operands
  const plain = { ...config, dtype: 'float32' }
  if (typeof first !== 'number' && typeof second !== 'number') {
    const same = isFunction ? layersOf[name] : undefined
    return same === undefined
      ? layer
      : { ...layer, class_name: same, inbound_nodes: [[first, second]] }
  }
  const number = typeof first === 'number' ? first : second
  const tensor = typeof first === 'number' ? second : first
  const settings = typeof number === 'number' ? scaling(number, number === first) : null
  if (settings === null || typeof tensor === 'number') return layer
  return {
    ...layer,
    class_name: 'Rescaling',
    module: 'keras.layers',
    config: { ...plain, ...settings },
    inbound_nodes: isFunction ? [[tensor]] : [{ args: [tensor], kwargs: {} }],
  }
}

type Operands = readonly [first: Json, second: Json]

/** `{args: [tensor, 2], kwargs: {}}` */
function ofOperation(node: Json): Operands | null {
  const args = isObject(node) ? node['args'] : null
  if (!Array.isArray(args) || args.length !== 2) return null
  const [first = null, second = null] = args
  return isOperand(first) && isOperand(second) ? [first, second] : null
}

/** `["dense", 0, 0, {"y": 2, "name": null}]` */
function ofFunction(node: Json): Operands | null {
  if (!Array.isArray(node)) return null
  const [name, call, tensor, given] = Array.isArray(node[0]) ? node[0] : node
  if (typeof name !== 'string' || !isObject(given) || call === undefined || tensor === undefined)
    return null
  const { y = null } = given
  const first = name === '_CONSTANT_VALUE' ? tensor : [name, call, tensor, {}]
  if (typeof first !== 'number' && !Array.isArray(first)) return null
  if (typeof y === 'number') return [first, y]
  return Array.isArray(y) && typeof y[0] === 'string' ? [first, [...y.slice(0, 3), {}]] : null
}

function isOperand(value: Json): boolean {
  return (
    typeof value === 'number' || (isObject(value) && value['class_name'] === '__keras_tensor__')
  )
}
