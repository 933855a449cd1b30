import type * as tf from '@tensorflow/tfjs'
import type { BackendMemory } from './backend-memory'
import { type ConvAttributes, type ConvGeometry, convGeometry } from './conv-geometry'
import { trainingKernel } from './training-kernel'

/**
 * Gradients of depthwise convolutions in plain loops over the heap. Slow, but right for every channel
 * multiplier, dilation, stride and padding, and independent of the SIMD module.
 */

interface FilterGradientInputs {
  readonly x: tf.TensorInfo
  readonly dy: tf.TensorInfo
}

interface FilterGradientAttributes extends ConvAttributes {
  readonly filterShape: [number, number, number, number]
}

interface InputGradientInputs {
  readonly dy: tf.TensorInfo
  readonly filter: tf.TensorInfo
}

interface InputGradientAttributes extends ConvAttributes {
  readonly inputShape: [number, number, number, number]
}

export const plainDepthwiseBackpropFilter = trainingKernel(
  'DepthwiseConv2dNativeBackpropFilter',
  (memory: BackendMemory, { x, dy }: FilterGradientInputs, attrs: FilterGradientAttributes) => {
    refuseChannelsFirst(attrs)
    const geometry = convGeometry(x.shape, attrs.filterShape, attrs, 'depthwise')
    const result = memory.output(attrs.filterShape)
    const images = memory.floats(x)
    const gradients = memory.floats(dy)
    const filter = memory.floats(result).fill(0)
    forEachTap(geometry, (image, output, tap) => {
      filter[tap] = (filter[tap] ?? 0) + (images[image] ?? 0) * (gradients[output] ?? 0)
    })
    return result
  },
)

export const plainDepthwiseBackpropInput = trainingKernel(
  'DepthwiseConv2dNativeBackpropInput',
  (memory: BackendMemory, inputs: InputGradientInputs, attrs: InputGradientAttributes) => {
    refuseChannelsFirst(attrs)
    const geometry = convGeometry(attrs.inputShape, inputs.filter.shape, attrs, 'depthwise')
    const result = memory.output(attrs.inputShape)
    const gradients = memory.floats(inputs.dy)
    const filter = memory.floats(inputs.filter)
    const images = memory.floats(result).fill(0)
    forEachTap(geometry, (image, output, tap) => {
      images[image] = (images[image] ?? 0) + (gradients[output] ?? 0) * (filter[tap] ?? 0)
    })
    return result
  },
)

/** Calls `visit` for every product of the convolution, with flat indices into image, output, filter. */
function forEachTap(
  geometry: ConvGeometry,
  visit: (image: number, output: number, tap: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry
  const { dilationHeight, dilationWidth } = geometry
  const multiplier = outChannels / inChannels
  for (let n = 0; n < batchSize; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const output = ((n * outHeight + oy) * outWidth + ox) * outChannels
        for (let i = 0; i < filterHeight; i++) {
          const y = oy * strideHeight - padInfo.top + i * dilationHeight
          if (y < 0 || y >= inHeight) continue
          for (let j = 0; j < filterWidth; j++) {
            const x = ox * strideWidth - padInfo.left + j * dilationWidth
            if (x < 0 || x >= inWidth) continue
            const image = ((n * inHeight + y) * inWidth + x) * inChannels
            const tap = (i * filterWidth + j) * outChannels
            for (let o = 0; o < outChannels; o++) {
              visit(image + Math.floor(o / multiplier), output + o, tap + o)
            }
          }
        }
      }
    }
  }
}

function refuseChannelsFirst({ dataFormat }: ConvAttributes): void {
  if (dataFormat === 'NCHW') {
    throw new Error('Depthwise gradients on the WASM backend cover dataFormat NHWC, not NCHW.')
  }
}
