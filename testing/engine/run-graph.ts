/**
 * Runs a typed graph as its attributes say, slowly and without a look at the file: what lowering has made of a model
 * is held against stock TensorFlow.js with it. Only operators that files of TensorFlow are written with.
 */
import * as tf from '@tensorflow/tfjs'
import type { OpenedModel } from '../../src/formats/format'
import type { ModelGraph } from '../../src/graph/graph'
import type { GraphNode, NodeOf, OpAttributes, OpName } from '../../src/graph/operators'
import type { ValueName } from '../../src/graph/values'
import { combined, unaryOf } from './unary-functions'
import { convolved, padOf, positive, sliced, windowed, withBias } from './window-functions'

/** A value by name: one that is left out is asked for by nobody. */
type Read = (place: number) => tf.Tensor

type Kernel<Op extends OpName> = (
  attributes: OpAttributes[Op],
  read: Read,
  node: NodeOf<Op>,
) => tf.Tensor | readonly tf.Tensor[]

const reducers = {
  Sum: tf.sum,
  Mean: tf.mean,
  Max: tf.max,
  Min: tf.min,
  Prod: tf.prod,
  All: tf.all,
  Any: tf.any,
  L2: (x: tf.Tensor, axes?: number[], keep?: boolean) => tf.euclideanNorm(x, axes, keep),
}

/** Sizes, where 0 stands for a side of another value. */
function likeSides(to: readonly number[], like: () => tf.Tensor): number[] {
  return to.map((side, axis) => (side === 0 ? (like().shape[axis] ?? 0) : side))
}

function sidesAsked({ to }: OpAttributes['resize'], read: Read): readonly number[] {
  if (to === null) return [...read(1).dataSync()]
  if ('sides' in to) return to.sides
  return to.factors.map((factor, axis) => factor * (read(0).shape[axis + 1] ?? 0))
}

const kernels: { readonly [Op in OpName]?: Kernel<Op> } = {
  conv: (at, read, node) => convolved(at, read(0), read(1), biasOf(node, read)),
  depthwiseConv: (at, read, node) =>
    windowed(at, read(0), 2, (x, strides, dilations) =>
      withBias(
        tf.depthwiseConv2d(
          x as tf.Tensor4D,
          read(1) as tf.Tensor4D,
          [strides[0] ?? 1, strides[1] ?? 1],
          padOf(at),
          'NHWC',
          [dilations[0] ?? 1, dilations[1] ?? 1],
        ),
        biasOf(node, read),
      ),
    ),
  transposedConv: (at, read) => {
    const [x, kernel] = [read(0) as tf.Tensor4D, read(1) as tf.Tensor4D]
    const sides = at.output ?? [...read(3).dataSync()].slice(1, 3)
    const [height = 0, width = 0] = sides
    const shape: [number, number, number, number] = [
      x.shape[0],
      height,
      width,
      kernel.shape[at.kernel.output] ?? 0,
    ]
    const [down = 1, right = 1] = at.strides
    return tf.conv2dTranspose(x, kernel, shape, [down, right], padOf(at))
  },
  matMul: (at, read, node) =>
    withBias(tf.matMul(read(0), read(1), at.transposeA, at.transposeB), biasOf(node, read)),
  batchNormalization: (at, read) =>
    tf.add(
      tf.mul(tf.div(tf.sub(read(0), read(3)), tf.sqrt(tf.add(read(4), at.epsilon))), read(1)),
      read(2),
    ),
  pool: (at, read) => {
    const [a = 1, b = 1, c = 1] = at.window
    const [d = 1, e = 1, f = 1] = at.strides
    const pad = padOf(at) === 'same' ? 'same' : 'valid'
    if (at.window.length === 3)
      return (at.function === 'Max' ? tf.maxPool3d : tf.avgPool3d)(
        read(0) as tf.Tensor5D,
        [a, b, c],
        [d, e, f],
        pad,
      )
    return (at.function === 'Max' ? tf.maxPool : tf.avgPool)(
      read(0) as tf.Tensor4D,
      [a, b],
      [d, e],
      pad,
    )
  },
  reduce: (at, read) => {
    const reducer = Reflect.get(reducers, at.function) as typeof tf.sum
    return reducer(read(0), at.axes === null ? undefined : [...at.axes], at.keepDims)
  },
  unary: (at, read) => unaryOf(read(0), at),
  prelu: (_, read) => tf.where(tf.less(read(0), 0), tf.mul(read(0), read(1)), read(0)),
  combine: (at, read, node) =>
    combined(
      node.inputs.map((_, place) => read(place)),
      at.function,
    ),
  softmax: (at, read) => (at.log ? tf.logSoftmax(read(0), at.axis) : tf.softmax(read(0), at.axis)),
  identity: (_, read) => tf.clone(read(0)),
  concat: (at, read, node) =>
    tf.concat(
      node.inputs.map((_, place) => read(place)),
      positive(at.axis, read(0).rank),
    ),
  stack: (at, read, node) =>
    tf.stack(
      node.inputs.map((_, place) => read(place)),
      positive(at.axis, read(0).rank + 1),
    ),
  split: (at, read, node) => {
    const axis = positive(at.axis, read(0).rank)
    const parts = tf.split(read(0), at.sizes === null ? node.outputs.length : [...at.sizes], axis)
    return at.squeeze ? parts.map((part) => tf.squeeze(part, [axis])) : parts
  },
  reshape: (at, read) =>
    tf.reshape(
      read(0),
      (at.to ?? [...read(1).dataSync()]).map((side, axis) =>
        side === 0 ? (read(0).shape[axis] ?? 0) : side,
      ),
    ),
  squeeze: (at, read) => tf.squeeze(read(0), at.axes === null ? undefined : [...at.axes]),
  unsqueeze: (at, read) => {
    const rank = read(0).rank + at.axes.length
    const places = new Set(at.axes.map((axis) => positive(axis, rank)))
    const sides = [...read(0).shape]
    return tf.reshape(
      read(0),
      Array.from({ length: rank }, (_, place) => (places.has(place) ? 1 : (sides.shift() ?? 0))),
    )
  },
  transpose: (at, read) => tf.transpose(read(0), [...at.perm]),
  pad: (at, read) => {
    const pairs = at.begin.map((begin, axis): [number, number] => [begin, at.end[axis] ?? 0])
    return at.mode === 'constant'
      ? tf.pad(read(0), pairs, at.value)
      : tf.mirrorPad(read(0), pairs, at.mode)
  },
  slice: (at, read) => sliced(at, read(0)),
  gather: (at, read) => tf.gather(read(0), tf.cast(read(1), 'int32'), at.axis),
  gatherND: (_, read) => tf.gatherND(read(0), read(1)),
  expand: (at, read) => {
    const to = at.to === null ? [...read(1).dataSync()] : likeSides(at.to, () => read(2))
    return tf.add(read(0), tf.zeros([...to]))
  },
  tile: (at, read) => tf.tile(read(0), [...at.repeats]),
  resize: (at, read) => {
    const sides = sidesAsked(at, read)
    const size: [number, number] = [sides[0] ?? 0, sides[1] ?? 0]
    const [align, half] = [at.coordinates === 'alignCorners', at.coordinates === 'halfPixel']
    return at.mode === 'linear'
      ? tf.image.resizeBilinear(read(0) as tf.Tensor4D, size, align, half)
      : tf.image.resizeNearestNeighbor(read(0) as tf.Tensor4D, size, align, half)
  },
  depthToSpace: (at, read) => tf.depthToSpace(read(0) as tf.Tensor4D, at.block, 'NHWC'),
  cast: (at, read) => tf.cast(read(0), at.to),
  where: (_, read) => tf.where(tf.cast(read(0), 'bool'), read(1), read(2)),
  shape: (_, read) => tf.tensor1d(read(0).shape, 'int32'),
  argExtreme: (at, read) =>
    at.function === 'ArgMax' ? tf.argMax(read(0), at.axis) : tf.argMin(read(0), at.axis),
  fill: (at, read) => {
    const to = at.to === null ? [...read(0).dataSync()] : likeSides(at.to, () => read(2))
    return tf.fill(to, read(1).dataSync()[0] ?? 0, read(1).dtype)
  },
  range: (_, read) => {
    const [start = 0, limit = 0, step = 1] = [0, 1, 2].map((place) => read(place).dataSync()[0])
    return tf.range(start, limit, step, read(0).dtype as 'int32')
  },
  einsum: (at, read, node) => tf.einsum(at.equation, ...node.inputs.map((_, place) => read(place))),
  topK: (at, read) => {
    const { indices, values } = tf.topk(read(0), at.count, at.sorted)
    return [values, indices]
  },
  cumulative: (at, read) =>
    at.function === 'Sum'
      ? tf.cumsum(read(0), at.axis, at.exclusive, at.reverse)
      : tf.cumprod(read(0), at.axis, at.exclusive, at.reverse),
  oneHot: (at, read) => tf.oneHot(tf.cast(read(0), 'int32'), at.depth, at.on, at.off),
  localResponseNormalization: (at, read) =>
    tf.localResponseNormalization(
      read(0) as tf.Tensor4D,
      (at.size - 1) / 2,
      at.bias,
      at.alpha / at.size,
      at.beta,
    ),
}

/** @returns outputs in their order, with everything else given back */
export function runGraph(
  graph: ModelGraph,
  { weights }: OpenedModel,
  given: Readonly<Record<ValueName, tf.Tensor>>,
): tf.Tensor[] {
  return tf.tidy(() => {
    const values = new Map<ValueName, tf.Tensor>(Object.entries(given))
    for (const { spec, values: elements } of weights)
      values.set(spec.name, tf.tensor(elements, [...spec.shape], spec.dtype))
    for (const [name, { dtype, shape, values: elements }] of graph.constants)
      if (elements !== null && dtype !== 'string')
        values.set(name, tf.tensor([...elements], [...shape], dtype))
    for (const node of graph.nodes) {
      const results = runNode(node, (name) => {
        const value = values.get(name)
        if (value === undefined) throw new Error(`${node.id} reads ${name} too early`)
        return value
      })
      node.outputs.forEach((name, index) => {
        const result = results[index]
        if (result !== undefined) values.set(name, result)
      })
    }
    return graph.outputs.map((name) => {
      const value = values.get(name)
      if (value === undefined) throw new Error(`nothing gives ${name}`)
      return value
    })
  })
}

function runNode(node: GraphNode, valueOf: (name: ValueName) => tf.Tensor): readonly tf.Tensor[] {
  // Which kernel belongs to which node is said by the table above.
  const kernel = kernels[node.op] as Kernel<OpName> | undefined
  if (kernel === undefined) throw new Error(`nothing runs ${node.id}: ${node.op}`)
  const read: Read = (place) => {
    const name = node.inputs[place]
    if (name === undefined || name === null) throw new Error(`${node.id} has no input ${place}`)
    return valueOf(name)
  }
  const result = kernel(node.attributes, read, node)
  return Array.isArray(result) ? (result as tf.Tensor[]) : [result as tf.Tensor]
}

function biasOf(node: GraphNode, read: Read): tf.Tensor | null {
  return node.inputs[2] === undefined ? null : read(2)
}
