import type { LayerKind, TensorRole } from '../../core/tensor-spec'
import { isObject } from '../tfjs-files/config-reader'
import type { ConfigReader } from '../tfjs-files/config-reader'

/** How the channels of a weight lie in memory; see `ChannelLayout`. */
export type ChannelAxis = 'last' | 'first' | 'depthwise' | 'transposed' | 'none'

/** A weight that a layer creates when tfjs builds it. `null` sides depend on the input's shape. */
export interface WeightSlot {
  readonly name: string
  readonly role: TensorRole
  readonly axis: ChannelAxis
  /** null: even the rank depends on the input. */
  readonly shape: readonly (number | null)[] | null
}

export interface LayerClass {
  readonly kind: LayerKind
  /** In the order in which tfjs creates them. */
  readonly weights: (config: ConfigReader) => readonly WeightSlot[]
}

export function kernel(shape: WeightSlot['shape'], axis: ChannelAxis = 'last'): WeightSlot {
  return { name: 'kernel', role: 'kernel', axis, shape }
}

export function bias(config: ConfigReader, length: number | null): readonly WeightSlot[] {
  if (!config.boolean('use_bias', true)) return []
  return [{ name: 'bias', role: 'bias', axis: 'none', shape: [length] }]
}

function convolution(rank: number): LayerClass {
  return {
    kind: 'convolution',
    weights: (config) => {
      const filters = config.size('filters')
      const sides = config.sizes('kernel_size', rank)
      return [kernel([...sides, null, filters]), ...bias(config, filters)]
    },
  }
}

export function transposedConvolution(rank: number): LayerClass {
  return {
    kind: 'convolution',
    weights: (config) => {
      const filters = config.size('filters')
      const sides = config.sizes('kernel_size', rank)
      return [kernel([...sides, filters, null], 'transposed'), ...bias(config, filters)]
    },
  }
}

function recurrent(gates: number): LayerClass {
  return {
    kind: 'recurrent',
    weights: (config) => {
      const units = config.size('units')
      const biases = bias(config, gates * units)
      return [
        kernel([null, gates * units]),
        {
          name: 'recurrent_kernel',
          role: 'recurrentKernel',
          axis: 'last',
          shape: [units, gates * units],
        },
        // One for what is read and one for the state.
        ...(gates === 3 && config.boolean('reset_after', false)
          ? biases.map((slot) => ({ ...slot, shape: [2, gates * units] }))
          : biases),
      ]
    },
  }
}

export function normalization(name: string): WeightSlot {
  return { name, role: 'normalization', axis: 'none', shape: null }
}

export function depthwise(rank: number): LayerClass {
  return {
    kind: 'depthwise',
    weights: (config) => [
      depthwiseKernel(config, rank),
      // Its length is the number of input channels times the multiplier.
      ...bias(config, null),
    ],
  }
}

export function separable(rank: number): LayerClass {
  return {
    kind: 'convolution',
    weights: (config) => {
      const filters = config.size('filters')
      const point = Array.from({ length: rank }, () => 1)
      return [
        depthwiseKernel(config, rank),
        {
          name: 'pointwise_kernel',
          role: 'kernel',
          axis: 'last',
          shape: [...point, null, filters],
        },
        ...bias(config, filters),
      ]
    },
  }
}

/**
 * The layer classes that tfjs-layers 4.22 registers and computes as Keras does, with the weights each
 * one creates. Left out on purpose: Resizing (fails on batches), CenterCrop (samples off the grid) and CategoryEncoding,
 * which files of Keras have, and RandomWidth (gives pictures of another width in training).
 */
const weighted = {
  Dense: {
    kind: 'dense',
    weights: (config) => {
      const units = config.size('units')
      return [kernel([null, units]), ...bias(config, units)]
    },
  },
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Conv2DTranspose: transposedConvolution(2),
  Conv3DTranspose: transposedConvolution(3),
  DepthwiseConv2D: depthwise(2),
  SeparableConv2D: separable(2),
  SimpleRNN: recurrent(1),
  GRU: recurrent(3),
  LSTM: recurrent(4),
  ConvLSTM2D: {
    kind: 'recurrent',
    weights: (config) => {
      const filters = config.size('filters')
      const sides = config.sizes('kernel_size', 2)
      return [
        kernel([...sides, null, 4 * filters]),
        {
          name: 'recurrent_kernel',
          role: 'recurrentKernel',
          axis: 'last',
          shape: [...sides, filters, 4 * filters],
        },
        ...bias(config, 4 * filters),
      ]
    },
  },
  Embedding: {
    kind: 'embedding',
    weights: (config) => [
      {
        name: 'embeddings',
        role: 'embedding',
        axis: 'first',
        shape: [config.size('input_dim'), config.size('output_dim')],
      },
    ],
  },
  BatchNormalization: {
    kind: 'normalization',
    weights: (config) => [
      ...(config.boolean('scale', true) ? [normalization('gamma')] : []),
      ...(config.boolean('center', true) ? [normalization('beta')] : []),
      normalization('moving_mean'),
      normalization('moving_variance'),
    ],
  },
  LayerNormalization: {
    kind: 'normalization',
    weights: (config) => [
      ...(config.boolean('scale', true) ? [normalization('gamma')] : []),
      ...(config.boolean('center', true) ? [normalization('beta')] : []),
    ],
  },
  PReLU: {
    kind: 'other',
    weights: () => [{ name: 'alpha', role: 'other', axis: 'none', shape: null }],
  },
} satisfies Record<string, LayerClass>

const weightless = [
  ...['InputLayer', 'Activation', 'ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU', 'Softmax'],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'],
  ...['Flatten', 'Reshape', 'Permute', 'RepeatVector', 'Masking', 'Rescaling'],
  ...['Dropout', 'SpatialDropout1D', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise'],
  ...['MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D'],
  ...['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
  ...['GlobalMaxPooling1D', 'GlobalMaxPooling2D'],
  ...['GlobalAveragePooling1D', 'GlobalAveragePooling2D'],
  ...['ZeroPadding2D', 'Cropping2D', 'UpSampling2D'],
] as const

/** Every class that opens: what is said of each in a table does not compile without one of them. */
export type LayerClassName = keyof typeof weighted | (typeof weightless)[number]

const classes: ReadonlyMap<string, LayerClass> = new Map<string, LayerClass>([
  ...Object.entries(weighted),
  ...weightless.map((name): [string, LayerClass] => [name, { kind: 'other', weights: () => [] }]),
])

/** RNN cells appear only inside an `RNN` layer; they create what the layer of their name creates. */
const cells = {
  SimpleRNNCell: recurrent(1),
  GRUCell: recurrent(3),
  LSTMCell: recurrent(4),
} satisfies Record<string, LayerClass>

export type CellClassName = keyof typeof cells

function depthwiseKernel(config: ConfigReader, rank: number): WeightSlot {
  const multiplier = config.has('depth_multiplier') ? config.size('depth_multiplier') : 1
  return {
    name: 'depthwise_kernel',
    role: 'depthwiseKernel',
    axis: 'depthwise',
    shape: [...config.sizes('kernel_size', rank), null, multiplier],
  }
}

export function isCellClass(className: string): className is CellClassName {
  return Object.hasOwn(cells, className)
}

export function layerClass(className: string): LayerClass | undefined {
  return classes.get(className)
}

export function cellClass(className: string): LayerClass | undefined {
  return isCellClass(className) ? cells[className] : undefined
}

const wrappers = ['TimeDistributed', 'Bidirectional', 'RNN'] as const

export type WrapperClassName = (typeof wrappers)[number]

/** Layers that hold another layer; the topology reader opens them. */
export const wrapperClasses: ReadonlySet<string> = new Set(wrappers)

export const modelClasses: ReadonlySet<string> = new Set(['Sequential', 'Model', 'Functional'])

const merges: ReadonlySet<string> = new Set([
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'],
])

/** How many tensors one call of a layer may read. */
export function inputCounts(className: string): { readonly least: number; readonly most: number } {
  if (className === 'InputLayer') return { least: 0, most: 0 }
  if (className === 'Dot') return { least: 2, most: 2 }
  if (merges.has(className)) return { least: 2, most: Infinity }
  // Initial states are further inputs.
  const stateful = className === 'RNN' || className === 'Bidirectional'
  return stateful || layerClass(className)?.kind === 'recurrent'
    ? { least: 1, most: Infinity }
    : { least: 1, most: 1 }
}

/** How many tensors one call of a layer gives, at most. */
export function outputCount(className: string, config: ConfigReader): number {
  const recurrentLike =
    className === 'RNN' ||
    className === 'Bidirectional' ||
    layerClass(className)?.kind === 'recurrent'
  if (!recurrentLike) return 1
  const { object } = config
  const inner = isObject(object['layer']) ? object['layer']['config'] : null
  const states =
    object['return_state'] === true || (isObject(inner) && inner['return_state'] === true)
  return states ? Infinity : object['merge_mode'] === null ? 2 : 1
}

/** What is known of the classes of a dialect of Keras. */
export interface Catalog {
  readonly layerClass: (className: string) => LayerClass | undefined
  readonly inputCounts: typeof inputCounts
  readonly outputCount: typeof outputCount
}

/** Of stock TensorFlow.js. */
export const stockCatalog: Catalog = { layerClass, inputCounts, outputCount }
