import * as tf from '@tensorflow/tfjs'
import { node } from '../../../testing/models/small-graphs'
import { testAgainstStock, valueAt as x } from '../../../testing/models/stock-shapes'
import type { ShapeCase, ShapeDraw } from '../../../testing/models/stock-shapes'
import type { Padding } from '../operators'

function paddingOf(
  draw: ShapeDraw,
  count: number,
): { ours: Padding; stock: 'same' | 'valid' | number[][] } {
  const kind = draw.between(0, 2)
  if (kind === 0) return { ours: 'sameUpper', stock: 'same' }
  const [begin, end] = [0, 0].map(() =>
    kind === 1 ? Array<number>(count).fill(0) : draw.list(count, 0, 2),
  )
  const pairs = (begin ?? []).map((zeros, at) => [zeros, end?.[at] ?? 0])
  return {
    ours: { begin: begin ?? [], end: end ?? [] },
    stock: kind === 1 ? 'valid' : [[0, 0], ...pairs, [0, 0]],
  }
}

/** Strides, or dilations: stock TensorFlow.js has no both. */
function steps(draw: ShapeDraw, count: number): { strides: number[]; dilations: number[] } {
  const ones = Array<number>(count).fill(1)
  return draw.once()
    ? { strides: draw.list(count, 1, 3), dilations: ones }
    : { strides: ones, dilations: draw.list(count, 1, 2) }
}

const cases: { readonly [Name in string]: (draw: ShapeDraw) => ShapeCase } = {
  'conv of pictures': (draw) => {
    const padding = paddingOf(draw, 2)
    const { strides, dilations } = steps(draw, 2)
    const [depth, filters] = draw.list(2, 1, 4) as [number, number]
    const kernel = [...draw.list(2, 1, 3), depth, filters]
    const first = draw.once()
    const sides = draw.list(2, 5, 9)
    const films = draw.once(3) ? [3] : []
    const inputs = { x: [2, ...films, ...(first ? [depth, ...sides] : [...sides, depth])], kernel }
    const layout = first ? 'channelsFirst' : 'channelsLast'
    return {
      inputs,
      node: node(
        'conv',
        {
          strides,
          dilations,
          padding: padding.ours,
          layout,
          groups: 1,
          kernel: { spatial: [0, 1], input: 2, output: 3 },
        },
        ['x', 'kernel'],
      ),
      stock: (values) => {
        const pictures = x(values).reshape<tf.Tensor4D>([-1, ...x(values).shape.slice(-3)])
        const y = tf.conv2d(
          first ? pictures.transpose<tf.Tensor4D>([0, 2, 3, 1]) : pictures,
          x(values, 1) as tf.Tensor4D,
          strides as [number, number],
          padding.stock as 'same',
          'NHWC',
          dilations as [number, number],
        )
        const turned = first ? y.transpose([0, 3, 1, 2]) : y
        return turned.reshape([2, ...films, ...turned.shape.slice(1)])
      },
    }
  },
  'conv of sequences': (draw) => {
    const padding = draw.once() ? 'same' : 'valid'
    const { strides, dilations } = steps(draw, 1)
    const [width, depth, filters] = draw.list(3, 1, 4) as [number, number, number]
    return {
      inputs: { x: [2, draw.between(7, 12), depth], kernel: [width, depth, filters] },
      node: node(
        'conv',
        {
          strides,
          dilations,
          padding: padding === 'same' ? 'sameUpper' : { begin: [0], end: [0] },
          layout: 'channelsLast',
          groups: 1,
          kernel: { spatial: [0], input: 1, output: 2 },
        },
        ['x', 'kernel'],
      ),
      stock: (values) =>
        tf.conv1d(
          x(values) as tf.Tensor3D,
          x(values, 1) as tf.Tensor3D,
          strides[0] ?? 1,
          padding,
          'NWC',
          dilations[0],
        ),
    }
  },
  'conv of volumes': (draw) => {
    const padding = draw.once() ? 'same' : 'valid'
    const strides = draw.list(3, 1, 2)
    const [depth, filters] = draw.list(2, 1, 3) as [number, number]
    return {
      inputs: {
        x: [2, ...draw.list(3, 3, 5), depth],
        kernel: [...draw.list(3, 1, 3), depth, filters],
      },
      node: node(
        'conv',
        {
          strides,
          dilations: [1, 1, 1],
          padding: padding === 'same' ? 'sameUpper' : { begin: [0, 0, 0], end: [0, 0, 0] },
          layout: 'channelsLast',
          groups: 1,
          kernel: { spatial: [0, 1, 2], input: 3, output: 4 },
        },
        ['x', 'kernel'],
      ),
      stock: (values) =>
        tf.conv3d(
          x(values) as tf.Tensor5D,
          x(values, 1) as tf.Tensor5D,
          strides as [number, number, number],
          padding,
        ),
    }
  },
  depthwiseConv: (draw) => {
    const padding = paddingOf(draw, 2)
    const { strides, dilations } = steps(draw, 2)
    const [depth, each] = draw.list(2, 1, 3) as [number, number]
    return {
      inputs: {
        x: [2, ...draw.list(2, 5, 9), depth],
        kernel: [...draw.list(2, 1, 3), depth, each],
      },
      node: node(
        'depthwiseConv',
        {
          strides,
          dilations,
          padding: padding.ours,
          layout: 'channelsLast',
          kernel: { spatial: [0, 1], channel: 2, multiplier: 3 },
        },
        ['x', 'kernel'],
      ),
      stock: (values) =>
        tf.depthwiseConv2d(
          x(values) as tf.Tensor4D,
          x(values, 1) as tf.Tensor4D,
          strides as [number, number],
          padding.stock as 'same',
          'NHWC',
          dilations as [number, number],
        ),
    }
  },
  transposedConv: (draw) => {
    const padding = draw.one(['same', 'valid'] as const)
    const strides = draw.list(2, 1, 3) as [number, number]
    const sides = draw.list(2, 1, 4)
    const [depth, filters] = draw.list(2, 1, 4) as [number, number]
    return {
      inputs: { x: [2, ...draw.list(2, 1, 5), depth], kernel: [...sides, filters, depth] },
      node: node(
        'transposedConv',
        {
          strides,
          dilations: [1, 1],
          padding: padding === 'same' ? 'sameUpper' : { begin: [0, 0], end: [0, 0] },
          // Places that no window reaches are there all the same in Keras.
          outputPadding: strides.map((stride, at) =>
            padding === 'same' ? 0 : Math.max(0, stride - (sides[at] ?? 0)),
          ),
          output: null,
          layout: 'channelsLast',
          groups: 1,
          kernel: { spatial: [0, 1], input: 3, output: 2 },
        },
        ['x', 'kernel'],
      ),
      stock: (values) =>
        tf.layers
          .conv2dTranspose({
            filters,
            kernelSize: sides,
            strides,
            padding,
          })
          .apply(x(values)) as tf.Tensor,
    }
  },
  pool: (draw) => {
    const padding = draw.once() ? 'same' : 'valid'
    const { strides, dilations } = steps(draw, 2)
    const window = draw.list(2, 1, 3)
    const kind = draw.one(['Max', 'Average'] as const)
    return {
      inputs: { x: [2, ...draw.list(2, 5, 9), 3] },
      node: node(
        'pool',
        {
          function: kind,
          window,
          strides,
          dilations,
          padding: padding === 'same' ? 'sameUpper' : { begin: [0, 0], end: [0, 0] },
          layout: 'channelsLast',
          countsPadding: false,
          ceil: false,
        },
        ['x'],
      ),
      stock: (values) =>
        tf.pool(
          x(values) as tf.Tensor4D,
          window as [number, number],
          kind === 'Max' ? 'max' : 'avg',
          padding,
          dilations as [number, number],
          strides as [number, number],
        ),
    }
  },
  resize: (draw) => {
    const sides = draw.list(2, 1, 9) as [number, number]
    const byFactor = draw.once()
    const [high, wide] = draw.list(2, 1, 5) as [number, number]
    const to = byFactor ? { factors: sides } : { sides }
    return {
      inputs: { x: [2, high, wide, 3] },
      node: node(
        'resize',
        { to, mode: 'nearest', coordinates: 'asymmetric', layout: 'channelsLast' },
        ['x'],
      ),
      stock: (values) =>
        byFactor
          ? (tf.layers.upSampling2d({ size: sides }).apply(x(values)) as tf.Tensor)
          : tf.image.resizeNearestNeighbor(x(values) as tf.Tensor4D, sides),
    }
  },
  depthToSpace: (draw) => {
    const block = draw.between(2, 3)
    return {
      inputs: { x: [2, ...draw.list(2, 1, 4), block * block * draw.between(1, 3)] },
      node: node('depthToSpace', { block, layout: 'channelsLast' }, ['x']),
      stock: (values) => tf.depthToSpace(x(values) as tf.Tensor4D, block),
    }
  },
}

testAgainstStock(cases)
