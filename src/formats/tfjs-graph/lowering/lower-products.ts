import type { Layout, OpAttributes, Padding } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { followerOf } from './lower-elementwise'
import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'
import { layoutOf, paddingOf, slidingOf } from './sliding'

/** Momentum of a normalization: a frozen graph does not say how it was trained. The default of ONNX. */
const MOMENTUM = 0.9

type Product = (inputs: readonly ValueName[]) => ValueName

function convolution(node: Lowering): Product {
  const sliding = slidingOf(node, 2)
  const kernel = { spatial: [0, 1], input: 2, output: 3 }
  return (inputs) => node.one('conv', { ...sliding, kernel, groups: 1 }, inputs)
}

function depthwise(node: Lowering): Product {
  const sliding = slidingOf(node, 2)
  const kernel = { spatial: [0, 1], channel: 2, multiplier: 3 }
  return (inputs) => node.one('depthwiseConv', { ...sliding, kernel }, inputs)
}

function matrices(a: string, b: string): (node: Lowering) => Product {
  return (node) => {
    const transposeA = node.attributes.flag(a, false)
    const transposeB = node.attributes.flag(b, false)
    return (inputs) => node.one('matMul', { transposeA, transposeB }, inputs)
  }
}

function alone(product: (node: Lowering) => Product): Lower {
  return (node) => {
    node.takes(2)
    return [product(node)([node.input(0), node.input(1)])]
  }
}

/** A product with what follows it: a bias or a normalization, then an activation. */
function fused(product: (node: Lowering) => Product, channelAxis: (node: Lowering) => number) {
  return (node: Lowering): readonly ValueName[] => {
    const [first, second, ...more] = node.attributes.words('fused_ops')
    if (more.length > 0 || node.attributes.whole('num_args', 0) !== node.count - 2)
      throw new NoMeaning('fused_ops')
    const multiply = product(node)
    const operands = node.between(0, 2)
    let read = 2
    let value
    switch (first) {
      case undefined:
        value = multiply(operands)
        break
      case 'biasadd':
        value = biased(node, multiply, node.input(read++))
        break
      case 'fusedbatchnorm': {
        const epsilon = node.attributes.number('epsilon', 0.0001)
        const settings = { axis: channelAxis(node), epsilon, momentum: MOMENTUM }
        const statistics = node.between(read, (read += 4))
        value = node.one('batchNormalization', settings, [multiply(operands), ...statistics])
        break
      }
      default:
        throw new NoMeaning('fused_ops')
    }
    if (second === 'prelu') value = node.one('prelu', {}, [value, node.input(read++)])
    else if (second === 'leakyrelu') value = node.one('unary', leaky(node), [value])
    else if (second !== undefined) value = node.one('unary', followerOf(second), [value])
    node.takes(read)
    return [value]
  }
}

function leaky(node: Lowering): OpAttributes['unary'] {
  return { function: 'LeakyRelu', alpha: node.attributes.number('leakyrelu_alpha', 0.2) }
}

/** TensorFlow fuses the addition of a single number as well, which no backend of tfjs takes. */
function biased(node: Lowering, multiply: Product, bias: ValueName): ValueName {
  const operands = node.between(0, 2)
  const sides = node.shape(2)
  if (sides === null || sides.length === 1) return multiply([...operands, bias])
  if (sides.length > 0) throw new NoMeaning('bias')
  return node.one('combine', { function: 'Add' }, [multiply(operands), bias])
}

/** tfjs reads a slope for depthwise convolutions from nowhere: it is always its default. */
function usualSlope(node: Lowering): void {
  if (Math.fround(node.attributes.number('leakyrelu_alpha', 0.2)) !== Math.fround(0.2))
    throw new NoMeaning('leakyrelu_alpha')
}

const channels = (node: Lowering): number => (layoutOf(node) === 'channelsFirst' ? 1 : -1)

function convolution3D(node: Lowering): readonly ValueName[] {
  node.takes(2)
  const sliding = slidingOf(node, 3)
  if (sliding.layout === 'channelsFirst') throw new NoMeaning('ncdhw')
  const kernel = { spatial: [0, 1, 2], input: 3, output: 4 }
  return node.add('conv', { ...sliding, kernel, groups: 1 }, [node.input(0), node.input(1)])
}

/** An operator of tfjs alone, with one number for each setting. */
function convolution1D(node: Lowering): readonly ValueName[] {
  node.takes(2)
  if (node.attributes.word('data_format', 'nwc') !== 'nwc') throw new NoMeaning('data_format')
  const [stride, dilation] = [node.attributes.whole('stride'), node.attributes.whole('dilation', 1)]
  if (stride < 1 || dilation < 1) throw new NoMeaning('stride')
  const layout: Layout = 'channelsLast'
  const padding: Padding = paddingOf(node, 1, layout)
  const sliding = { strides: [stride], dilations: [dilation], padding, layout }
  const kernel = { spatial: [0], input: 1, output: 2 }
  return node.add('conv', { ...sliding, kernel, groups: 1 }, [node.input(0), node.input(1)])
}

/** [shape of the output, kernel, x]; tfjs reads pictures with channels last alone, and dilates nothing. */
function transposed(node: Lowering): readonly ValueName[] {
  node.takes(3)
  const sliding = slidingOf(node, 2)
  if (sliding.layout === 'channelsFirst' || sliding.dilations.some((step) => step !== 1))
    throw new NoMeaning('layout')
  const sides = node.elements(0)
  if (sides !== null && sides.length !== 4) throw new NoMeaning('shape')
  const [, height, width] = sides ?? []
  const said = isSide(height) && isSide(width) ? [height, width] : null
  const attributes = {
    ...sliding,
    kernel: { spatial: [0, 1], input: 3, output: 2 },
    groups: 1,
    outputPadding: [0, 0],
    output: said,
  }
  const operands = [node.input(2), node.input(1)]
  return node.add(
    'transposedConv',
    attributes,
    said === null ? [...operands, null, node.input(0)] : operands,
  )
}

function isSide(side: number | null | undefined): side is number {
  return typeof side === 'number' && Number.isSafeInteger(side) && side > 0
}

function normalization(node: Lowering): readonly ValueName[] {
  node.takes(5)
  // tfjs normalizes the last axis, and always with what was learned.
  if (node.attributes.flag('is_training', true) || channels(node) !== -1)
    throw new NoMeaning('is_training')
  const attributes = { axis: -1, epsilon: node.attributes.number('epsilon'), momentum: MOMENTUM }
  return node.add('batchNormalization', attributes, node.between(0))
}

function einsum(node: Lowering): readonly ValueName[] {
  const written = node.attributes.text('equation').replaceAll(' ', '')
  // tfjs takes all letters for small ones, which may make one of two, and knows no dots for axes that are not named.
  const equation = written.toLowerCase()
  if (new Set(equation).size < new Set(written).size) throw new NoMeaning('equation')
  if (!/^[a-z]*(?:,[a-z]*)*->[a-z]*$/.test(equation)) throw new NoMeaning('equation')
  if (equation.split(',').length !== node.count) throw new NoMeaning('equation')
  return node.add('einsum', { equation }, node.between(0))
}

const plainMatrices = matrices('transpose_a', 'transpose_b')

export const products: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Conv1D', convolution1D],
  ['Conv2D', alone(convolution)],
  ['Conv3D', convolution3D],
  ['DepthwiseConv2d', alone(depthwise)],
  ['DepthwiseConv2dNative', alone(depthwise)],
  ['Conv2DBackpropInput', transposed],
  ['_FusedConv2D', fused(convolution, channels)],
  [
    'FusedDepthwiseConv2dNative',
    (node) => {
      usualSlope(node)
      return fused(depthwise, channels)(node)
    },
  ],
  ['MatMul', alone(plainMatrices)],
  ['BatchMatMul', alone(matrices('adj_x', 'adj_y'))],
  ['BatchMatMulV2', alone(matrices('adj_x', 'adj_y'))],
  ['_FusedMatMul', fused(plainMatrices, () => -1)],
  ['Einsum', einsum],
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map(
    (op) => [op, normalization] as const,
  ),
])
