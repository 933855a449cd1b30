/**
 * The simplest way to make the stock WASM backend train: the three convolution gradients that it lacks,
 * each put together from stock kernels, one filter tap after the other. This is the baseline of
 * `training-speed.bench.ts`; it is frozen, so that figures of different days can be compared.
 */
import * as tf from '@tensorflow/tfjs'
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

type Strides = [number, number] | number
type Padding = 'valid' | 'same' | number
interface ConvolutionAttrs {
  readonly strides: Strides
  readonly pad: Padding
  readonly dimRoundingMode: 'floor' | 'round' | 'ceil' | undefined
}
interface FilterAttrs extends ConvolutionAttrs {
  readonly filterShape: [number, number, number, number]
}
interface InputAttrs extends ConvolutionAttrs {
  readonly inputShape: [number, number, number, number]
}
type Geometry = tf.backend_util.Conv2DInfo

/** Registers the missing gradients on the current WASM backend. @returns what takes them away again */
export function installNaiveKernels(): () => void {
  const backend = tf.backend()
  if (!(backend instanceof BackendWasm)) throw new Error('The baseline is for wasm.')
  const kernels = new NaiveKernels(backend)
  const all: Readonly<Record<string, tf.KernelFunc>> = {
    Conv2DBackpropFilter: ({ inputs, attrs }) =>
      kernels.filterGradient(inputs as FilterInputs, attrs as unknown as FilterAttrs),
    DepthwiseConv2dNativeBackpropFilter: ({ inputs, attrs }) =>
      kernels.depthwiseFilterGradient(inputs as FilterInputs, attrs as unknown as FilterAttrs),
    DepthwiseConv2dNativeBackpropInput: ({ inputs, attrs }) =>
      kernels.depthwiseInputGradient(inputs as InputInputs, attrs as unknown as InputAttrs),
  }
  for (const [kernelName, kernelFunc] of Object.entries(all))
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc })
  return () => {
    for (const kernelName of Object.keys(all)) tf.unregisterKernel(kernelName, 'wasm')
  }
}

type FilterInputs = tf.NamedTensorInfoMap & { x: tf.TensorInfo; dy: tf.TensorInfo }
type InputInputs = tf.NamedTensorInfoMap & { dy: tf.TensorInfo; filter: tf.TensorInfo }

class NaiveKernels {
  constructor(private readonly backend: BackendWasm) {}

  /** One product of matrices for each tap of the filter. */
  filterGradient({ x, dy }: FilterInputs, attrs: FilterAttrs): tf.TensorInfo {
    const { filterShape } = attrs
    const geometry = geometryOf(x.shape, filterShape, attrs, false)
    const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry
    const rows = batchSize * outHeight * outWidth
    return this.tapByTap(x, filterShape, geometry, (tap) => {
      const turned = this.run('Transpose', { x: view(tap, [rows, inChannels]) }, { perm: [1, 0] })
      const product = this.run(
        'BatchMatMul',
        { a: view(turned, [1, inChannels, rows]), b: view(dy, [1, rows, outChannels]) },
        { transposeA: false, transposeB: false },
      )
      this.free(turned)
      return product
    })
  }

  /** Multiply and sum for each tap of the filter. */
  depthwiseFilterGradient({ x, dy }: FilterInputs, attrs: FilterAttrs): tf.TensorInfo {
    const { filterShape } = attrs
    const geometry = geometryOf(x.shape, filterShape, attrs, true)
    const { batchSize, outHeight, outWidth, inChannels } = geometry
    if (filterShape[3] !== 1) throw new Error('The baseline knows no depth multiplier.')
    const rows = batchSize * outHeight * outWidth
    return this.tapByTap(x, filterShape, geometry, (tap) => {
      const product = this.run('Multiply', { a: view(tap, dy.shape), b: dy }, {})
      const sum = this.run(
        'Sum',
        { x: view(product, [rows, inChannels]) },
        { axis: [0], keepDims: false },
      )
      this.free(product)
      return sum
    })
  }

  /** The forward kernel with the filter turned round, on a gradient spread out by the stride. */
  depthwiseInputGradient({ dy, filter }: InputInputs, attrs: InputAttrs): tf.TensorInfo {
    const { inputShape } = attrs
    const geometry = geometryOf(inputShape, filter.shape, attrs, true)
    const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = geometry
    const { batchSize, inHeight, inWidth, inChannels } = geometry
    if (filter.shape[3] !== 1) throw new Error('The baseline knows no depth multiplier.')
    const spread = this.spread(dy, geometry)
    const [, height = 0, width = 0] = spread.shape
    const top = filterHeight - 1 - padInfo.top
    const left = filterWidth - 1 - padInfo.left
    const bottom = inHeight - (height + top - filterHeight + 1)
    const right = inWidth - (width + left - filterWidth + 1)
    const cropped = this.crop(spread, [
      batchSize,
      height + Math.min(0, bottom),
      width + Math.min(0, right),
      inChannels,
    ])
    const turned = this.run('Reverse', { x: filter }, { dims: [0, 1] })
    const result = this.run(
      'DepthwiseConv2dNative',
      { x: cropped, filter: turned },
      {
        strides: [1, 1],
        dilations: [1, 1],
        dataFormat: 'NHWC',
        pad: [
          [0, 0],
          [top, Math.max(0, bottom)],
          [left, Math.max(0, right)],
          [0, 0],
        ],
      },
    )
    this.free(turned)
    if (cropped !== spread) this.free(cropped)
    if (strideHeight > 1 || strideWidth > 1) this.free(spread)
    return result
  }

  /** Puts zeros between the elements of a gradient; the gradient itself where the stride is one. */
  private spread(dy: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
    const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = geometry
    if (strideHeight === 1 && strideWidth === 1) return dy
    const padded = this.run(
      'PadV2',
      { x: view(dy, [batchSize * outHeight, 1, outWidth, outChannels]) },
      {
        paddings: [
          [0, 0],
          [0, strideHeight - 1],
          [0, 0],
          [0, (strideWidth - 1) * outChannels],
        ],
        constantValue: 0,
      },
    )
    return view(padded, [batchSize, outHeight * strideHeight, outWidth * strideWidth, outChannels])
  }

  private crop(x: tf.TensorInfo, size: number[]): tf.TensorInfo {
    if (size.every((side, axis) => side === x.shape[axis])) return x
    return this.run('Slice', { x }, { begin: size.map(() => 0), size })
  }

  /** Writes what `work` makes of the input under each tap into the gradient of the filter. */
  private tapByTap(
    x: tf.TensorInfo,
    filterShape: readonly number[],
    geometry: Geometry,
    work: (tap: tf.TensorInfo) => tf.TensorInfo,
  ): tf.TensorInfo {
    const { batchSize, outHeight, outWidth, inChannels, strideHeight, strideWidth } = geometry
    const padded = this.padded(x, geometry)
    const output = this.backend.makeOutput([...filterShape], 'float32')
    const [height = 0, width = 0] = filterShape
    const elements = tf.util.sizeFromShape([...filterShape]) / (height * width)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const tap =
          strideHeight === 1 && strideWidth === 1
            ? this.run(
                'Slice',
                { x: padded },
                { begin: [0, i, j, 0], size: [batchSize, outHeight, outWidth, inChannels] },
              )
            : this.run(
                'StridedSlice',
                { x: padded },
                {
                  begin: [0, i, j, 0],
                  end: [
                    batchSize,
                    i + (outHeight - 1) * strideHeight + 1,
                    j + (outWidth - 1) * strideWidth + 1,
                    inChannels,
                  ],
                  strides: [1, strideHeight, strideWidth, 1],
                  beginMask: 0,
                  endMask: 0,
                  ellipsisMask: 0,
                  newAxisMask: 0,
                  shrinkAxisMask: 0,
                },
              )
        const result = work(tap)
        // Views are taken anew: memory that has grown detaches the old ones.
        this.backend
          .typedArrayFromHeap(output)
          .set(this.backend.typedArrayFromHeap(result), (i * width + j) * elements)
        this.free(tap, result)
      }
    if (padded !== x) this.free(padded)
    return output
  }

  /** The input with so many zeros around it that a 'valid' convolution gives the same. */
  private padded(x: tf.TensorInfo, geometry: Geometry): tf.TensorInfo {
    const { padInfo, inHeight, inWidth, strideHeight, strideWidth } = geometry
    const { outHeight, outWidth, filterHeight, filterWidth } = geometry
    const bottom = (outHeight - 1) * strideHeight + filterHeight - inHeight - padInfo.top
    const right = (outWidth - 1) * strideWidth + filterWidth - inWidth - padInfo.left
    const paddings = [
      [0, 0],
      [padInfo.top, Math.max(0, bottom)],
      [padInfo.left, Math.max(0, right)],
      [0, 0],
    ]
    if (paddings.flat().every((side) => side === 0)) return x
    return this.run('PadV2', { x }, { paddings, constantValue: 0 })
  }

  private run(name: string, inputs: tf.NamedTensorInfoMap, attrs: object): tf.TensorInfo {
    const kernel = tf.getKernel(name, 'wasm')
    return kernel.kernelFunc({
      inputs,
      attrs: attrs as tf.NamedAttrMap,
      backend: this.backend,
    }) as tf.TensorInfo
  }

  private free(...tensors: tf.TensorInfo[]): void {
    for (const { dataId } of tensors) this.backend.disposeData(dataId)
  }
}

function geometryOf(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode }: ConvolutionAttrs,
  depthwise: boolean,
): Geometry {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    depthwise,
    'channelsLast',
  )
}

/** The same memory under another shape. */
function view({ dataId, dtype }: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  return { dataId, shape, dtype }
}
