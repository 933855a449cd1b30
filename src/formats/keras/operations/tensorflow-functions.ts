import type { Json, JsonObject } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'

/** A function of TensorFlow as an operation of Keras 3. */
interface Translation {
  readonly operation: string
  /** Arguments that follow what it reads first. */
  readonly operands?: readonly string[]
  /** Other arguments, with what the operation calls them. */
  readonly settings?: Readonly<Record<string, string>>
  /** What the function takes where it is told nothing. */
  readonly usual?: JsonObject
}

const along = { axis: 'axis' } as const
const reduced = { axis: 'axis', keepdims: 'keepdims' } as const

function plain(operation: string): Translation {
  return { operation }
}

function ofTwo(operation: string): Translation {
  return { operation, operands: ['y'] }
}

function reducing(operation: string): Translation {
  return { operation, settings: reduced }
}

/** By their names without the module, which differs between versions of TensorFlow. */
const translations: ReadonlyMap<string, Translation> = new Map<string, Translation>([
  ...(
    [
      ...['Relu', 'Relu6', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Silu', 'Softplus', 'Softsign'],
      ...['Abs', 'Exp', 'Expm1', 'Log', 'Log1p', 'Sqrt', 'Rsqrt', 'Square', 'Reciprocal', 'Erf'],
      ...['Sin', 'Cos', 'Tan', 'Sinh', 'Cosh', 'Negative', 'Sign', 'Floor', 'Ceil', 'Round'],
      ...['Identity', 'StopGradient', 'LogSigmoid', 'LogicalNot', 'ZerosLike', 'OnesLike'],
    ] as const
  ).map((operation): [string, Translation] => [snakeCase(operation), plain(operation)]),
  ['swish', plain('Silu')],
  ['asin', plain('Arcsin')],
  ['acos', plain('Arccos')],
  ['atan', plain('Arctan')],
  ['asinh', plain('Arcsinh')],
  ['acosh', plain('Arccosh')],
  ['atanh', plain('Arctanh')],
  ['add', ofTwo('Add')],
  ['subtract', ofTwo('Subtract')],
  ['multiply', ofTwo('Multiply')],
  ['divide', ofTwo('Divide')],
  ['truediv', ofTwo('Divide')],
  ['maximum', ofTwo('Maximum')],
  ['minimum', ofTwo('Minimum')],
  ['pow', ofTwo('Power')],
  ['squared_difference', ofTwo('SquaredDifference')],
  ['floor_div', ofTwo('FloorDivide')],
  ['floordiv', ofTwo('FloorDivide')],
  ['floormod', ofTwo('Mod')],
  ['greater', ofTwo('Greater')],
  ['greater_equal', ofTwo('GreaterEqual')],
  ['less', ofTwo('Less')],
  ['less_equal', ofTwo('LessEqual')],
  ['equal', ofTwo('Equal')],
  ['not_equal', ofTwo('NotEqual')],
  ['logical_and', ofTwo('LogicalAnd')],
  ['logical_or', ofTwo('LogicalOr')],
  ['logical_xor', ofTwo('LogicalXor')],
  ['add_n', plain('AddN')],
  ['where', { operation: 'Where', operands: ['x', 'y'] }],
  ['gelu', { ...plain('Gelu'), settings: { approximate: 'approximate' } }],
  ['leaky_relu', { ...plain('LeakyRelu'), settings: { alpha: 'negative_slope' } }],
  ['softmax', { ...plain('Softmax'), settings: along }],
  ['log_softmax', { ...plain('LogSoftmax'), settings: along }],
  ['l2_normalize', { ...plain('L2Normalize'), settings: { ...along, epsilon: 'epsilon' } }],
  ['norm', { ...plain('Norm'), settings: { ...reduced, ord: 'ord' } }],
  ['reduce_mean', reducing('Mean')],
  ['reduce_sum', reducing('Sum')],
  ['reduce_max', reducing('Max')],
  ['reduce_min', reducing('Min')],
  ['reduce_prod', reducing('Prod')],
  ['reduce_any', reducing('Any')],
  ['reduce_all', reducing('All')],
  ['reduce_variance', reducing('Var')],
  ['reduce_std', reducing('Std')],
  ['reduce_logsumexp', reducing('Logsumexp')],
  ['argmax', { ...plain('Argmax'), settings: along, usual: { axis: 0 } }],
  ['argmin', { ...plain('Argmin'), settings: along, usual: { axis: 0 } }],
  [
    'top_k',
    { ...plain('TopK'), settings: { k: 'k', sorted: 'sorted' }, usual: { k: 1, sorted: true } },
  ],
  ['cumsum', { ...plain('Cumsum'), settings: along, usual: { axis: 0 } }],
  ['concat', { ...plain('Concatenate'), settings: along }],
  ['stack', { ...plain('Stack'), settings: along }],
  ['unstack', { ...plain('Unstack'), settings: { ...along, num: 'num' }, usual: { axis: 0 } }],
  [
    'split',
    {
      operation: 'SplitSizes',
      settings: { num_or_size_splits: 'sizes', axis: 'axis', num: 'num' },
      usual: { axis: 0 },
    },
  ],
  ['reshape', { operation: 'Reshape', settings: { shape: 'newshape' } }],
  ['transpose', { operation: 'Transpose', settings: { perm: 'axes' } }],
  ['expand_dims', { ...plain('ExpandDims'), settings: along }],
  ['squeeze', { ...plain('Squeeze'), settings: along }],
  ['tile', { operation: 'Tile', settings: { multiples: 'repeats' } }],
  ['reverse', { ...plain('Flip'), settings: along }],
  [
    'pad',
    {
      operation: 'Pad',
      settings: { paddings: 'pad_width', mode: 'mode', constant_values: 'constant_values' },
    },
  ],
  ['slice', { operation: 'SliceSizes', settings: { begin: 'begin', size: 'size' } }],
  ['getitem', { operation: 'GetItem', operands: ['slice_spec'] }],
  [
    'clip_by_value',
    { operation: 'Clip', settings: { clip_value_min: 'x_min', clip_value_max: 'x_max' } },
  ],
  ['cast', { operation: 'Cast', settings: { dtype: 'to' } }],
  ['one_hot', { operation: 'OneHot', settings: { depth: 'num_classes', axis: 'axis' } }],
  ['gather', { operation: 'Take', operands: ['indices'], settings: along, usual: { axis: 0 } }],
  [
    'matmul',
    {
      operation: 'Matmul',
      operands: ['b'],
      settings: { transpose_a: 'transpose_a', transpose_b: 'transpose_b' },
    },
  ],
  ['image.resize', { operation: 'Resize', settings: { size: 'size', method: 'interpolation' } }],
  [
    'depth_to_space',
    { operation: 'DepthToSpace', settings: { block_size: 'block', data_format: 'layout' } },
  ],
])

/**
 * A function of TensorFlow between layers, as the operation of Keras 3 that does the same.
 * @param layer a `TFOpLambda` or `SlicingOpLambda` of a file of Keras 2
 * @returns null where there is none, or it is given what the operation cannot be told
 */
export function ofTensorFlow(layer: JsonObject): JsonObject | null {
  const { config, inbound_nodes: nodes } = layer
  if (!isObject(config) || !Array.isArray(nodes) || nodes.length !== 1) return null
  const name = config['function']
  const translation = typeof name === 'string' ? translations.get(shortName(name)) : undefined
  const read = readOf(nodes[0] ?? null)
  if (translation === undefined || read === null) return null
  const { operation, operands = [], settings = {}, usual = {} } = translation
  const { given, values } = read
  const known = new Set([
    'name',
    'validate_indices',
    'conjugate',
    ...operands,
    ...Object.keys(settings),
  ])
  const saysMore = Object.entries(given).some(
    ([key, value]) => !known.has(key) && !saysNothing(value),
  )
  if (saysMore) return null
  const told = Object.entries(settings).flatMap(([key, own]): [string, Json][] => {
    const value = given[key] ?? null
    return value === null ? [] : [[own, value]]
  })
  return {
    ...layer,
    class_name: operation,
    module: 'keras.ops',
    config: { name: config['name'] ?? null, ...usual, ...Object.fromEntries(told) },
    inbound_nodes: [
      { args: [values, ...operands.map((key) => asTensors(given[key] ?? null))], kwargs: {} },
    ],
  }
}

function snakeCase(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
}

/** `math.add`, `__operators__.add` and `compat.v1.add` are one. */
function shortName(name: string): string {
  return name.replace(/^compat\.v[12]\./, '').replace(/^(?:math|nn|linalg|__operators__)\./, '')
}

function saysNothing(value: Json): boolean {
  return value === null || value === false || value === 0
}

interface Read {
  /** One, or a list of several. */
  readonly values: Json
  readonly given: JsonObject
}

/** `["dense", 0, 0, {"y": 2, "name": null}]`, or a list of such; `_CONSTANT_VALUE` is no tensor. */
function readOf(node: Json): Read | null {
  if (!Array.isArray(node)) return null
  const isOne = typeof node[0] === 'string'
  const each = (isOne ? [node] : node).map((one) => {
    const [name, call, tensor, given] = Array.isArray(one) ? one : []
    if (typeof name !== 'string' || call === undefined || tensor === undefined) return null
    const value = name === '_CONSTANT_VALUE' ? tensor : tensorOf(name, call, tensor)
    return { value, given: isObject(given) ? given : {} }
  })
  const [first] = each
  if (first === undefined || first === null) return null
  const values = each.flatMap((one) => (one === null ? [] : [one.value]))
  if (values.length < each.length) return null
  return { values: isOne || values.length === 1 ? first.value : values, given: first.given }
}

function asTensors(value: Json): Json {
  if (!Array.isArray(value)) return value
  const [name, call, tensor] = value
  const isTensor = typeof name === 'string' && typeof call === 'number'
  return isTensor ? tensorOf(name, call, tensor ?? null) : value
}

function tensorOf(name: string, call: Json, tensor: Json): JsonObject {
  return {
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: [name, call, tensor] },
  }
}
