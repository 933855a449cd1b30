import { activated, functionOf } from '../../tfjs-layers/lowering/activations'
import { bent } from '../../tfjs-layers/lowering/activations'
import { convolution, depthwise, separable } from '../../tfjs-layers/lowering/convolutions'
import { transposedConvolution } from '../../tfjs-layers/lowering/convolutions'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import { merge } from '../../tfjs-layers/lowering/merges'
import { cropping, globalPooling, pooling } from '../../tfjs-layers/lowering/places'
import { upSampling, zeroPadding } from '../../tfjs-layers/lowering/places'
import { bidirectional, ofCells, recurrent } from '../../tfjs-layers/lowering/recurrent'
import { layout, whole } from '../../tfjs-layers/lowering/settings'
import { isLowered, lowerings } from '../../tfjs-layers/lowering/table'
import type { Lowering } from '../../tfjs-layers/lowering/table'
import { layerNormalization } from '../../tfjs-layers/lowering/weighing'
import type { KerasClassName } from '../keras-catalog'
import { operationName } from '../operations/as-operation'
import { layerScale, scaledSum, stochasticDepth } from './application-layers'
import { attention, multiHeadAttention } from './attention'
import { categoryEncoding } from './category-encoding'
import { einsumDense } from './einsum-dense'
import { centerCrop, randomCrop } from './middles'
import type { KerasVersion } from './middles'
import { groupNormalization, normalization } from './normalizing'
import { rmsNormalization, unitNormalization } from './normalizing'
import { operationLowering } from './operations'
import { leakyRelu, relu } from './relus'
import { averageOverTime, resizing, spatialDropout } from './places'

/** What it is given it hands on, outside training. */
function identity(call: LoweredCall): Flowing {
  return call.node('identity', {}, [call.x])
}

function softmax(call: LoweredCall): Flowing {
  if (call.called.mask !== null) throw new NotExact('mask')
  const [axis = -1, ...others] = whole(call.config, 'axis', [-1])
  if (others.length > 0) throw new NotExact('axis')
  return call.node('softmax', { axis: call.axis(axis), log: false }, [call.x])
}

function activation(call: LoweredCall): Flowing {
  return functionOf(call.config, 'activation', 'linear') === null
    ? identity(call)
    : activated(call, call.x)
}

/** What only files of Keras can ask of a sequence, and what nobody can promise. */
function overTime(usual: (call: LoweredCall) => Flowing[]): Lowering {
  return (call) => {
    const { called, config } = call
    const inner = called.wrapped[0]?.config ?? config
    for (const { object } of [config, inner])
      for (const key of ['stateful', 'time_major'])
        if (object[key] === true) throw new NotExact(key)
    const isStacked = called.wrapped.length > 1
    if (isStacked && (called.inputs.length > 1 || config.object['return_state'] === true))
      throw new NotExact('return_state')
    if (Object.keys(called.given?.values ?? {}).length > 0) throw new NotExact('arguments')
    return usual(call)
  }
}

/** A stride beyond its window begins in the first place. */
const same = () => 'sameUpper' as const

/** What Keras computes otherwise than TensorFlow.js, in any of its settings. */
const different: Readonly<Record<string, Lowering>> = {
  Activation: activation,
  Conv1D: convolution(1),
  Conv3D: convolution(3, same),
  Conv3DTranspose: transposedConvolution(3, same),
  SeparableConv2D: separable(2, false),
  MaxPooling3D: pooling('Max', 3, layout, same),
  AveragePooling3D: pooling('Average', 3, layout, same),
  ReLU: relu,
  LeakyReLU: leakyRelu,
  Softmax: softmax,
  LayerNormalization: (call) => {
    if (call.config.object['rms_scaling'] === true) throw new NotExact('rms_scaling')
    return layerNormalization(call)
  },
  MaxPooling1D: pooling('Max', 1, layout),
  AveragePooling1D: pooling('Average', 1, layout),
  GlobalMaxPooling1D: globalPooling('Max', 1, layout),
  GlobalAveragePooling1D: averageOverTime,
  UpSampling2D: upSampling(2, 'halfPixel'),
  SimpleRNN: overTime(recurrent('simple')),
  GRU: overTime(recurrent('gru')),
  LSTM: overTime(recurrent('lstm')),
  ConvLSTM2D: overTime(recurrent('convLstm')),
  RNN: overTime(ofCells),
  Bidirectional: overTime(bidirectional),
  ThresholdedReLU: bent('ThresholdedRelu', 'theta', 1),
}

type OwnClassName = Exclude<KerasClassName, 'RandomCrop'>

/** Classes that TensorFlow.js does not have; a RandomCrop depends on who wrote it. */
const own: { readonly [Name in OwnClassName]: Lowering } = {
  Conv1DTranspose: transposedConvolution(1),
  DepthwiseConv1D: depthwise(1),
  SeparableConv1D: separable(1, false),
  EinsumDense: einsumDense,
  MultiHeadAttention: multiHeadAttention,
  Attention: attention(false),
  AdditiveAttention: attention(true),
  Normalization: normalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
  Subtract: merge('Sub'),
  Resizing: resizing,
  CenterCrop: centerCrop,
  CategoryEncoding: categoryEncoding,
  SpatialDropout2D: spatialDropout(2),
  SpatialDropout3D: spatialDropout(3),
  UpSampling1D: upSampling(1, 'halfPixel'),
  UpSampling3D: upSampling(3, 'halfPixel'),
  ZeroPadding1D: zeroPadding(1),
  ZeroPadding3D: zeroPadding(3),
  Cropping1D: cropping(1),
  Cropping3D: cropping(3),
  GlobalMaxPooling3D: globalPooling('Max', 3),
  GlobalAveragePooling3D: globalPooling('Mean', 3),
  'keras.applications.LayerScale': layerScale,
  'keras.applications.StochasticDepth': stochasticDepth,
  'keras.applications.CustomScaleLayer': scaledSum,
  Identity: identity,
  ActivityRegularization: identity,
  RandomFlip: identity,
  RandomRotation: identity,
  RandomZoom: identity,
  RandomTranslation: identity,
  RandomContrast: identity,
  RandomBrightness: identity,
  RandomHue: identity,
  RandomSaturation: identity,
  RandomSharpness: identity,
  RandomShear: identity,
  RandomColorJitter: identity,
  RandomGrayscale: identity,
  RandomErasing: identity,
  RandomGaussianBlur: identity,
  RandomPosterization: identity,
  RandomInvert: identity,
  RandomElasticTransform: identity,
  RandomPerspective: identity,
  RandomColorDegeneration: identity,
  AugMix: identity,
  RandAugment: identity,
  CutMix: identity,
  MixUp: identity,
}

/** Classes whose calls may be given more than tensors in order. */
const readsArguments: ReadonlySet<string> = new Set([
  ...['SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'RNN', 'Bidirectional'],
  ...['MultiHeadAttention', 'Attention', 'AdditiveAttention'],
])

/** @throws NotExact at a call that is given what nobody here reads; null: the class is not known */
export function kerasLowering(className: string, version: KerasVersion): Lowering | null {
  const lowering = loweringOf(className, version)
  if (lowering === null || readsArguments.has(className)) return lowering
  return (call) => {
    const { places, values } = call.called.given ?? { places: {}, values: {} }
    const [argument] = [...Object.keys(places), ...Object.keys(values)]
    if (argument !== undefined) throw new NotExact(argument)
    return lowering(call)
  }
}

function loweringOf(className: string, version: KerasVersion): Lowering | null {
  const operation = operationName(className)
  if (operation !== null) return operationLowering(operation)
  if (className === 'RandomCrop') return (call) => randomCrop(call, version)
  if (isOwn(className)) return own[className]
  return different[className] ?? (isLowered(className) ? lowerings[className] : null)
}

function isOwn(className: string): className is OwnClassName {
  return Object.hasOwn(own, className)
}
