import * as tf from '@tensorflow/tfjs'

type Sides = readonly number[]

/** Multiply-accumulates of one call of a kernel, by the shapes that it got and gave. */
const counted: Readonly<Record<string, (inputs: readonly Sides[], output: Sides) => number>> = {
  Conv2D: perPlace,
  FusedConv2D: perPlace,
  Conv3D: perPlace,
  DepthwiseConv2dNative: perPlace,
  FusedDepthwiseConv2D: perPlace,
  Conv2DBackpropInput: perRead,
  Conv3DBackpropInputV2: perRead,
  BatchMatMul: matrices,
  _FusedMatMul: matrices,
}

/**
 * How much stock TensorFlow.js really multiplies and adds in convolutions and products of matrices while this runs:
 * by the kernels that it calls, whatever layer or operator calls them.
 */
export async function stockMacs(run: () => tf.TensorContainer): Promise<number> {
  const { kernels } = await tf.profile(() => tf.tidy(run))
  return kernels.reduce((sum, { name, inputShapes, outputShapes }) => {
    return sum + (counted[name]?.(inputShapes, outputShapes[0] ?? []) ?? 0)
  }, 0)
}

function product(sides: Sides): number {
  return sides.reduce((all, side) => all * side, 1)
}

/** Every element of the filter once at every place of the output. */
function perPlace([, filter = []]: readonly Sides[], output: Sides): number {
  return product(filter) * product(output.slice(0, -1))
}

/** Every element of the filter once at every place of the input. */
function perRead([input = [], filter = []]: readonly Sides[]): number {
  return product(filter) * product(input.slice(0, -1))
}

function matrices([a = []]: readonly Sides[], output: Sides): number {
  // Rows are those of the output, whichever way a is read.
  const inner = product(a.slice(-2)) / (output.at(-2) ?? 1)
  return product(output) * inner
}
