import { numbers, T, text, whole } from './graph-attributes'
import type { GraphFiles } from './graph-files'
import { GraphWriter } from './graph-writer'

/**
 * picture [-1, 8, 8, 3] -> convolution, normalization, ReLU -> a residual of the same -> max pool -> flattened to sides
 * that the graph computes from its batch -> a matrix read transposed -> classes. Nothing is fused, as a graph comes out of
 * tools that do not fold; weights go through an Identity each.
 */
export function unfusedGraph(): GraphFiles {
  const net = new GraphWriter()
  const read = (name: string, shape: number[], told?: readonly number[]) =>
    net.node('Identity', `${name}/read`, [net.weight(name, shape, told)], { T })
  const same = {
    T,
    strides: numbers([1, 1, 1, 1]),
    padding: text('SAME'),
    data_format: text('NHWC'),
    dilations: numbers([1, 1, 1, 1]),
    explicit_paddings: numbers([]),
  }
  const block = (name: string, from: string, channels: number, filters: number): string => {
    const kernel = read(`${name}/kernel`, [3, 3, channels, filters])
    const conv = net.node('Conv2D', `${name}/conv`, [from, kernel], same)
    const weights = ['gamma', 'beta', 'mean'].map((part) => read(`${name}/${part}`, [filters]))
    const variance = read(
      `${name}/variance`,
      [filters],
      Array.from({ length: filters }, (_, at) => 0.5 + at / 10),
    )
    const normal = net.node('FusedBatchNormV3', `${name}/norm`, [conv, ...weights, variance], {
      T,
      U: T,
      epsilon: { f: 0.001 },
      is_training: { b: false },
      data_format: text('NHWC'),
    })
    return net.node('Relu', `${name}/relu`, [normal], { T })
  }
  const picture = net.input('picture', [-1, 8, 8, 3])
  const stem = block('stem', picture, 3, 8)
  const sum = net.node('AddV2', 'sum', [stem, block('branch', stem, 8, 8)], { T })
  const wide = block('wide', sum, 8, 10)
  const pooled = net.node('MaxPool', 'pool', [wide], {
    T,
    ksize: numbers([1, 2, 2, 1]),
    strides: numbers([1, 2, 2, 1]),
    padding: text('VALID'),
    data_format: text('NHWC'),
  })
  const shape = net.node('Shape', 'flat/shape', [pooled], { T })
  const bounds = ['begin', 'end', 'step'].map((name, at) =>
    net.wholes(`flat/${name}`, [at === 0 ? 0 : 1]),
  )
  const batch = net.node('StridedSlice', 'flat/batch', [shape, ...bounds], {
    shrink_axis_mask: whole(1),
  })
  const places = net.wholes('flat/places', [160], [])
  const sides = net.node('Pack', 'flat/sides', [batch, places], { N: whole(2), axis: whole(0) })
  const flat = net.node('Reshape', 'flat', [pooled, sides], { T })
  const product = net.node('MatMul', 'product', [flat, read('product/kernel', [12, 160])], {
    T,
    transpose_a: { b: false },
    transpose_b: { b: true },
  })
  const hidden = net.node(
    'Relu',
    'hidden',
    [net.node('BiasAdd', 'biased', [product, read('product/bias', [12])], { T })],
    { T },
  )
  const logits = net.node('MatMul', 'logits', [hidden, read('classes/kernel', [12, 4])], {
    T,
    transpose_a: { b: false },
    transpose_b: { b: false },
  })
  net.node('Softmax', 'chances', [logits], { T })
  return net.files()
}
