import type { LayerClassName, WrapperClassName } from '../layer-catalog'
import { activation, bent, prelu, relu, rescaling, softmax } from './activations'
import { convolution, convolution1d, dense, depthwise } from './convolutions'
import { separable, transposedConvolution } from './convolutions'
import type { Flowing, LoweredCall } from './lowered-call'
import { concatenate, dot, merge } from './merges'
import { cropping, globalPooling, pooling, upSampling, zeroPadding } from './places'
import { bidirectional, ofCells, recurrent } from './recurrent'
import { flatten, permute, repeatVector, reshape } from './shapes'
import { batchNormalization, dropout, embedding, layerNormalization } from './weighing'
import { masking, noise, spatialDropout } from './weighing'

/**
 * Writes down what one call of a layer computes.
 * @throws NotExact where a setting has no exact meaning in operators
 * @throws StudioError where a setting is none
 */
export type Lowering = (call: LoweredCall) => Flowing | readonly Flowing[]

/** Classes that say something of their own; an InputLayer hands on, a TimeDistributed shifts what it holds. */
export type LoweredClass = Exclude<
  LayerClassName | WrapperClassName,
  'InputLayer' | 'TimeDistributed'
>

/** What tfjs-layers 4.22 computes for each class, after the repair of settings. */
export const lowerings: { readonly [Name in LoweredClass]: Lowering } = {
  Dense: dense,
  Conv1D: convolution1d,
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Conv2DTranspose: transposedConvolution(2),
  Conv3DTranspose: transposedConvolution(3),
  DepthwiseConv2D: depthwise(2),
  SeparableConv2D: separable(2),
  SimpleRNN: recurrent('simple'),
  GRU: recurrent('gru'),
  LSTM: recurrent('lstm'),
  ConvLSTM2D: recurrent('convLstm'),
  RNN: ofCells,
  Bidirectional: bidirectional,
  Embedding: embedding,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  PReLU: prelu,
  Activation: activation,
  ReLU: relu,
  LeakyReLU: bent('LeakyRelu', 'alpha', 0.3),
  ELU: bent('Elu', 'alpha', 1),
  ThresholdedReLU: bent('ThresholdedRelu', 'theta', 1),
  Softmax: softmax,
  Add: merge('Add'),
  Multiply: merge('Mul'),
  Average: merge('Mean'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),
  Concatenate: concatenate,
  Dot: dot,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  Masking: masking,
  Rescaling: rescaling,
  Dropout: dropout,
  SpatialDropout1D: spatialDropout,
  AlphaDropout: noise('AlphaDropout', 'rate'),
  GaussianDropout: noise('GaussianDropout', 'rate'),
  GaussianNoise: noise('GaussianNoise', 'stddev'),
  MaxPooling1D: pooling('Max', 1),
  MaxPooling2D: pooling('Max', 2),
  MaxPooling3D: pooling('Max', 3),
  AveragePooling1D: pooling('Average', 1),
  AveragePooling2D: pooling('Average', 2),
  AveragePooling3D: pooling('Average', 3),
  GlobalMaxPooling1D: globalPooling('Max', 1),
  GlobalMaxPooling2D: globalPooling('Max', 2),
  GlobalAveragePooling1D: globalPooling('Mean', 1),
  GlobalAveragePooling2D: globalPooling('Mean', 2),
  ZeroPadding2D: zeroPadding(2),
  Cropping2D: cropping(2),
  UpSampling2D: upSampling(2, 'asymmetric'),
}

export function isLowered(className: string): className is LoweredClass {
  return Object.hasOwn(lowerings, className)
}
