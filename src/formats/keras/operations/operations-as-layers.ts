import type { Json, JsonObject } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'
import { operationName } from './as-operation'

/** What is made of x and a number, as x * scale + offset; null: it is not of that form. */
type Scaling = (number: number, isFirst: boolean) => { scale: number; offset: number } | null

const divide: Scaling = (number, isFirst) =>
  isFirst || number === 0 ? null : { scale: 1 / number, offset: 0 }

const scalings: ReadonlyMap<string, Scaling> = new Map<string, Scaling>([
  ['Add', (offset) => ({ scale: 1, offset })],
  [
    'Subtract',
    (number, isFirst) => (isFirst ? { scale: -1, offset: number } : { scale: 1, offset: -number }),
  ],
  ['Multiply', (scale) => ({ scale, offset: 0 })],
  ['Divide', divide],
  ['TrueDivide', divide],
])

/** x * scale + offset, where an operation on a number is that; null: it is none. */
export function scalingOf(
  operation: string,
  operands: readonly Json[],
): { readonly scale: number; readonly offset: number } | null {
  const scaling = scalings.get(operation)
  const [first, second] = operands.map((operand) => (isObject(operand) ? operand['value'] : null))
  if (scaling === undefined || operands.length !== 2) return null
  if (typeof first === 'number') return typeof second === 'number' ? null : scaling(first, true)
  return typeof second === 'number' ? scaling(second, false) : null
}

/** Operations that an `Activation` of Keras and TensorFlow.js names. */
const activations: ReadonlyMap<string, string> = new Map([
  ['Relu', 'relu'],
  ['Relu6', 'relu6'],
  ['Elu', 'elu'],
  ['Selu', 'selu'],
  ['Sigmoid', 'sigmoid'],
  ['Tanh', 'tanh'],
  ['Silu', 'swish'],
  ['Softplus', 'softplus'],
  ['Softsign', 'softsign'],
  ['Mish', 'mish'],
  ['Identity', 'linear'],
])

const merges: ReadonlySet<string> = new Set(['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum'])

/**
 * The same model with a layer in place of each operation that there is a layer for: what older runtimes read. Whether it
 * computes the same shows where both are written as operators.
 * @param config of a model, with operations as `asOperation` leaves them
 */
export function withLayersForOperations(config: JsonObject): JsonObject {
  const copy = replaced(config)
  return isObject(copy) ? copy : config
}

function replaced(value: Json): Json {
  if (Array.isArray(value)) return value.map(replaced)
  if (!isObject(value)) return value
  const { class_name: className, config } = value
  const operation = typeof className === 'string' ? operationName(className) : null
  if (operation !== null && isObject(config)) return asLayer(value, operation, config) ?? value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item)]))
}

function asLayer(entry: JsonObject, operation: string, config: JsonObject): JsonObject | null {
  const { operands: given, name = null } = config
  const operands = Array.isArray(given) ? given : []
  const told = layerFor(operation, config, operands)
  if (told === null) return null
  const [className, settings] = told
  const { written, ...plain } = entry
  return {
    ...plain,
    class_name: className,
    module: 'keras.layers',
    config: { name, trainable: true, dtype: 'float32', ...settings },
    inbound_nodes: isListed(written ?? null) ? listed(entry) : (entry['inbound_nodes'] ?? []),
  }
}

type Layer = readonly [className: string, settings: JsonObject]

function layerFor(operation: string, config: JsonObject, operands: readonly Json[]): Layer | null {
  const scaling = scalingOf(operation, operands)
  if (scaling !== null) return ['Rescaling', scaling]
  if (!operands.every((operand) => isObject(operand) && 'input' in operand)) return null
  if (merges.has(operation)) return operands.length === 2 ? [operation, {}] : null
  const { axis = -1, alpha = 1 } = config
  if (operation === 'Concatenate') return [operation, { axis }]
  if (operands.length !== 1) return null
  const activation = activations.get(operation)
  if (activation !== undefined) return alpha === 1 ? ['Activation', { activation }] : null
  return layerWithSettings(operation, config)
}

function layerWithSettings(operation: string, config: JsonObject): Layer | null {
  const { axes, axis = -1, negative_slope: slope = 0.2, newshape } = config
  switch (operation) {
    case 'ReLU': {
      const { max_value: most = null, threshold = 0 } = config
      return ['ReLU', { negative_slope: config['negative_slope'] ?? 0, max_value: most, threshold }]
    }
    case 'Softmax':
      return ['Softmax', { axis }]
    case 'LogSoftmax':
      return axis === -1 ? ['Activation', { activation: 'log_softmax' }] : null
    case 'LeakyRelu':
      return ['LeakyReLU', { negative_slope: slope }]
    case 'Gelu':
      return config['approximate'] === true ? null : ['Activation', { activation: 'gelu' }]
    case 'Reshape':
      return Array.isArray(newshape) ? ['Reshape', { target_shape: newshape.slice(1) }] : null
    case 'Transpose':
      return Array.isArray(axes) ? ['Permute', { dims: axes.slice(1) }] : null
    default:
      return null
  }
}

/** Whether the file says what a call reads in lists, as those of Keras 2 do. */
function isListed(written: Json): boolean {
  const nodes = isObject(written) ? written['inbound_nodes'] : null
  return Array.isArray(nodes) && Array.isArray(nodes[0])
}

function listed({ inbound_nodes: nodes }: JsonObject): Json[] {
  const [node] = Array.isArray(nodes) ? nodes : []
  const { args } = isObject(node) ? node : {}
  const refs = (Array.isArray(args) ? args : []).map((tensor): Json => {
    const { config } = isObject(tensor) ? tensor : {}
    const history = isObject(config) ? config['keras_history'] : null
    return [...(Array.isArray(history) ? history : []), {}]
  })
  return [refs]
}
