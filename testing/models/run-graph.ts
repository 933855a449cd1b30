import * as tf from '@tensorflow/tfjs'
import type { ModelGraph } from '../../src/graph/graph'
import type { OpName } from '../../src/graph/operators'
import type { ValueName } from '../../src/graph/values'
import { conv, depthwise, pooled, resized, transposedConv } from './run-windows'
import { recurrent } from './run-recurrent'
import { elementwise } from './run-elementwise'
import { given } from './run-inputs'
import type { Kernel } from './run-inputs'

type Kernels = { readonly [Op in OpName]?: Kernel<Op> }

const kernels: Kernels = {
  ...elementwise,
  conv,
  depthwiseConv: depthwise,
  transposedConv,
  pool: pooled,
  resize: resized,
  recurrent,
  matMul: ({ attributes: { transposeA, transposeB } }, inputs) => {
    const [a, b, bias] = [given(inputs, 0), given(inputs, 1), inputs[2] ?? null]
    const rows = b.rank === 2 ? a.reshape([-1, a.shape.at(-1) ?? 1]) : a
    const product = tf.matMul(rows, b, transposeA, transposeB)
    const sides = [...a.shape.slice(0, -1), product.shape.at(-1) ?? 1]
    const shaped = b.rank === 2 ? product.reshape(sides) : product
    return bias === null ? shaped : shaped.add(bias)
  },
  dot: ({ attributes: { axisA, axisB, normalize } }, inputs) => {
    const unit = (x: tf.Tensor, axis: number): tf.Tensor =>
      normalize ? x.div(x.square().sum(axis, true).maximum(1e-7).sqrt()) : x
    const [a, b] = [unit(given(inputs, 0), axisA), unit(given(inputs, 1), axisB)]
    const lettersA = letters('ijk', a.rank, axisA)
    const lettersB = letters('lmn', b.rank, axisB)
    const left = [...lettersA, ...lettersB.slice(1)].filter((letter) => letter !== 'z').join('')
    const sum = tf.einsum(`${lettersA.join('')},${lettersB.join('')}->${left}`, a, b)
    return sum.rank === 1 ? sum.expandDims(1) : sum
  },
  batchNormalization: ({ attributes: { axis, epsilon } }, inputs) => {
    const x = given(inputs, 0)
    const spread = (tensor: tf.Tensor | null | undefined, fallback: number): tf.Tensor =>
      tensor?.reshape(x.shape.map((side, at) => (at === axis ? side : 1))) ?? tf.scalar(fallback)
    const [, scale, offset, mean, variance] = inputs
    const still = x.sub(spread(mean, NaN)).div(spread(variance, NaN).add(epsilon).sqrt())
    return still.mul(spread(scale, 1)).add(spread(offset, 0))
  },
  layerNormalization: ({ attributes: { axes, epsilon } }, inputs) => {
    const x = given(inputs, 0)
    const spread = (tensor: tf.Tensor | null | undefined, fallback: number): tf.Tensor =>
      tensor?.reshape(x.shape.map((side, at) => (axes.includes(at) ? side : 1))) ??
      tf.scalar(fallback)
    const { mean, variance } = tf.moments(x, [...axes], true)
    const still = x.sub(mean).div(variance.add(epsilon).sqrt())
    return still.mul(spread(inputs[1], 1)).add(spread(inputs[2], 0))
  },
  gather: ({ attributes: { axis } }, inputs) =>
    tf.gather(given(inputs, 0), given(inputs, 1).toInt(), axis),
}

/** Letters for the axes: i for the batch of both, z for what is summed. */
function letters(own: string, rank: number, contracted: number): string[] {
  return Array.from({ length: rank }, (_, axis) =>
    axis === 0 ? 'i' : axis === contracted ? 'z' : (own[axis] ?? '?'),
  )
}

/**
 * Carries out a graph plainly, operator by operator, to see whether it says what its file computes.
 * @param weights by name
 * @param inputs in the order of the graph
 * @returns its outputs; everything else is given back
 */
export function runGraph(
  graph: ModelGraph,
  weights: ReadonlyMap<ValueName, tf.Tensor>,
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  return tf.tidy(() => {
    const values = new Map<ValueName, tf.Tensor>(weights)
    for (const [name, { values: numbers, shape, dtype }] of graph.constants)
      values.set(name, tf.tensor([...(numbers ?? [])], [...shape], dtype))
    for (const [at, { value }] of graph.inputs.entries()) values.set(value, given(inputs, at))
    for (const node of graph.nodes) {
      const read = node.inputs.map((name) => {
        const value = name === null ? null : values.get(name)
        if (value === undefined) throw new Error(`${node.id} reads ${name ?? ''} too early`)
        return value
      })
      const kernel = kernels[node.op] as Kernel<OpName> | undefined
      if (kernel === undefined) throw new Error(`nothing runs ${node.op}`)
      const results = [kernel(node, read)].flat()
      for (const [at, name] of node.outputs.entries()) values.set(name, given(results, at))
    }
    return graph.outputs.map((name) => values.get(name) ?? tf.scalar(NaN))
  })
}
