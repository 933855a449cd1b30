/** A tensor shape with the batch first; null where a side is not fixed. */
export type LayerShape = readonly (number | null)[]

export interface MacsInput {
  readonly className: string
  /** In the spelling of Keras: `strides`, `padding`, `data_format`. */
  readonly config: Readonly<Record<string, unknown>>
  readonly output: LayerShape | undefined
  /** Of each input, in order. */
  readonly inputs: readonly (LayerShape | undefined)[]
  /** Shapes of the weights, biases left out. */
  readonly kernels: readonly (readonly number[])[]
}

/**
 * Multiply-accumulates of one call of a layer for one sample, biases and activations not counted.
 *
 * | class | formula |
 * |---|---|
 * | Dense, Conv, DepthwiseConv, SeparableConv, TimeDistributed of these | kernel elements x output positions |
 * | Conv2D, DepthwiseConv2dNative and MatMul of graphs, fused or not | the same |
 * | transposed convolution | kernel elements x input positions |
 * | SimpleRNN, GRU, LSTM, RNN, Bidirectional | (kernel + recurrent kernel) x time steps |
 * | ConvLSTM2D | (kernel + recurrent kernel) x output positions x time steps |
 * | BatchNormalization, LayerNormalization | output elements |
 * | Dot | output elements x length of the contracted axis |
 * | all others | 0: they add, compare, look up or move |
 *
 * A position is one combination of all axes but batch and channels.
 * @returns null where a shape that is needed is not fixed
 */
export function layerMacs({
  className,
  config,
  output,
  inputs,
  kernels,
}: MacsInput): number | null {
  const weights = kernels.reduce((sum, shape) => sum + product(shape), 0)
  const channelsFirst = config['data_format'] === 'channels_first'
  const [input] = inputs
  switch (className) {
    case 'Dense':
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv3D':
    case 'DepthwiseConv2D':
    case 'SeparableConv2D':
    case 'TimeDistributed':
    case '_FusedConv2D':
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2dNative':
    case 'MatMul':
    case '_FusedMatMul':
      return times(weights, positions(output, channelsFirst))
    case 'Conv2DTranspose':
    case 'Conv3DTranspose':
    case 'Conv2DBackpropInput':
      return times(weights, positions(input, channelsFirst))
    case 'SimpleRNN':
    case 'GRU':
    case 'LSTM':
    case 'RNN':
    case 'Bidirectional':
      return times(weights, input?.[1])
    case 'ConvLSTM2D':
      return times(times(weights, spatial(output, channelsFirst)), input?.[1])
    case 'BatchNormalization':
    case 'LayerNormalization':
      return sides(output?.slice(1))
    case 'Dot': {
      const axes = config['axes']
      const axis = Array.isArray(axes) ? Number(axes[0]) : Number(axes)
      return times(sides(output?.slice(1)), input?.at(axis))
    }
    default:
      return 0
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((result, side) => result * side, 1)
}

function times(a: number | null | undefined, b: number | null | undefined): number | null {
  return typeof a === 'number' && typeof b === 'number' ? a * b : null
}

function sides(shape: LayerShape | undefined): number | null {
  return (shape ?? [null]).reduce<number | null>((result, side) => times(result, side), 1)
}

function positions(shape: LayerShape | undefined, channelsFirst: boolean): number | null {
  return sides(channelsFirst ? shape?.slice(2) : shape?.slice(1, -1))
}

/** The two image axes, whether or not a time axis stands before them. */
function spatial(shape: LayerShape | undefined, channelsFirst: boolean): number | null {
  return sides(channelsFirst ? shape?.slice(-2) : shape?.slice(-3, -1))
}
