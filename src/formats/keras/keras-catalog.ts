import {
  bias,
  depthwise,
  inputCounts,
  kernel,
  layerClass,
  normalization,
  outputCount,
  separable,
  transposedConvolution,
} from '../tfjs-layers/layer-catalog'
import type { Catalog, LayerClass, WeightSlot } from '../tfjs-layers/layer-catalog'
import type { ConfigReader } from '../tfjs-files/config-reader'
import { givesSeveral } from './lowering/operation-places'
import { isKnownOperation } from './lowering/operations'
import { operationName } from './operations/as-operation'

function other(name: string): WeightSlot {
  return { name, role: 'other', axis: 'none', shape: null }
}

/** Kernels and biases of what attention multiplies with: [in, heads, size of one], and back. */
function heads(config: ConfigReader): readonly WeightSlot[] {
  const count = config.size('num_heads')
  const key = config.size('key_dim')
  const value = config.has('value_dim') ? config.size('value_dim') : key
  const biased = config.boolean('use_bias', true)
  const part = (name: string, size: number): WeightSlot[] => [
    { ...kernel([null, count, size]), name: `${name}/kernel` },
    ...(biased ? [{ ...other(`${name}/bias`), role: 'bias' } as const] : []),
  ]
  return [
    ...part('query', key),
    ...part('key', key),
    ...part('value', value),
    { ...kernel([count, value, null]), name: 'attention_output/kernel' },
    ...(biased ? [{ ...other('attention_output/bias'), role: 'bias' } as const] : []),
  ]
}

function scaleAndOffset(config: ConfigReader): readonly WeightSlot[] {
  return [
    ...(config.boolean('scale', true) ? [normalization('gamma')] : []),
    ...(config.boolean('center', true) ? [normalization('beta')] : []),
  ]
}

/** Classes of Keras that stock TensorFlow.js does not have. */
const weighted = {
  Conv1DTranspose: transposedConvolution(1),
  DepthwiseConv1D: depthwise(1),
  SeparableConv1D: separable(1),
  EinsumDense: {
    kind: 'dense',
    weights: (config) => [
      kernel(null),
      ...(config.has('bias_axes')
        ? bias(config, null).map((slot) => ({ ...slot, shape: null }))
        : []),
    ],
  },
  MultiHeadAttention: { kind: 'dense', weights: heads },
  Attention: {
    kind: 'other',
    weights: (config) => [
      ...(config.boolean('use_scale', false) ? [other('scale')] : []),
      ...(config.object['score_mode'] === 'concat' ? [other('concat_score_weight')] : []),
    ],
  },
  AdditiveAttention: {
    kind: 'other',
    weights: (config) => (config.boolean('use_scale', true) ? [other('scale')] : []),
  },
  Normalization: {
    kind: 'normalization',
    weights: (config) =>
      config.has('mean') ? [] : [other('mean'), other('variance'), other('count')],
  },
  GroupNormalization: { kind: 'normalization', weights: scaleAndOffset },
  RMSNormalization: { kind: 'normalization', weights: () => [normalization('scale')] },
  'keras.applications.LayerScale': {
    kind: 'normalization',
    weights: () => [normalization('gamma')],
  },
} satisfies Record<string, LayerClass>

const weightless = [
  ...['Identity', 'Subtract', 'UnitNormalization', 'ActivityRegularization', 'Resizing'],
  ...['CenterCrop', 'RandomCrop', 'CategoryEncoding'],
  ...['SpatialDropout2D', 'SpatialDropout3D', 'UpSampling1D', 'UpSampling3D'],
  ...['ZeroPadding1D', 'ZeroPadding3D', 'Cropping1D', 'Cropping3D'],
  ...['GlobalMaxPooling3D', 'GlobalAveragePooling3D'],
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomContrast'],
  ...['RandomBrightness', 'RandomHue', 'RandomSaturation', 'RandomSharpness', 'RandomShear'],
  ...['RandomColorJitter', 'RandomGrayscale', 'RandomErasing', 'RandomGaussianBlur'],
  ...['RandomPosterization', 'RandomInvert', 'RandomElasticTransform', 'RandomPerspective'],
  ...['keras.applications.StochasticDepth', 'keras.applications.CustomScaleLayer'],
  ...['RandomColorDegeneration', 'AugMix', 'RandAugment', 'CutMix', 'MixUp'],
] as const

export type KerasClassName = keyof typeof weighted | (typeof weightless)[number]

const weightlessClass: LayerClass = { kind: 'other', weights: () => [] }

const classes: ReadonlyMap<string, LayerClass> = new Map<string, LayerClass>([
  ...Object.entries(weighted),
  ...weightless.map((name): [string, LayerClass] => [name, weightlessClass]),
])

const ofTwo: ReadonlySet<string> = new Set<KerasClassName>([
  ...(['Subtract', 'keras.applications.CustomScaleLayer'] as const),
])

const attention: ReadonlySet<string> = new Set([
  'MultiHeadAttention',
  'Attention',
  'AdditiveAttention',
])

function isOperation(className: string): boolean {
  const operation = operationName(className)
  return operation !== null && isKnownOperation(operation)
}

export const kerasCatalog: Catalog = {
  layerClass: (className) =>
    isOperation(className) ? weightlessClass : (classes.get(className) ?? layerClass(className)),
  inputCounts: (className) => {
    if (operationName(className) !== null) return { least: 1, most: Infinity }
    if (className === 'MultiHeadAttention') return { least: 2, most: 4 }
    if (attention.has(className)) return { least: 2, most: 3 }
    return ofTwo.has(className) ? { least: 2, most: 2 } : inputCounts(className)
  },
  // What it attended to comes second, where a call asks for it.
  outputCount: (className, config) =>
    attention.has(className)
      ? 2
      : givesSeveral.has(operationName(className) ?? '')
        ? Infinity
        : outputCount(className, config),
}
