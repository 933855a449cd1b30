import * as tf from '@tensorflow/tfjs'
import type { Combining, OpName, Reducing, Unary } from '../../src/graph/operators'
import { given } from './run-inputs'
import type { Kernel } from './run-inputs'

const functions: {
  readonly [Name in Unary['function']]?: (
    x: tf.Tensor,
    attributes: Extract<Unary, { function: Name }>,
  ) => tf.Tensor
} = {
  Relu: (x) => x.maximum(0),
  Sigmoid: (x) => tf.scalar(1).div(x.neg().exp().add(1)),
  Tanh: (x) => x.tanh(),
  Softplus: (x) => x.softplus(),
  Softsign: (x) => x.div(x.abs().add(1)),
  Mish: (x) => x.mul(x.softplus().tanh()),
  Swish: (x) => x.div(x.neg().exp().add(1)),
  LeakyRelu: (x, { alpha }) => x.maximum(0).add(x.minimum(0).mul(alpha)),
  Elu: (x, { alpha }) => x.maximum(0).add(x.minimum(0).exp().sub(1).mul(alpha)),
  ThresholdedRelu: (x, { alpha }) => x.mul(x.greater(alpha).toFloat()),
  Selu: (x, { alpha, gamma }) => x.maximum(0).add(x.minimum(0).exp().sub(1).mul(alpha)).mul(gamma),
  HardSigmoid: (x, { alpha, beta }) => x.mul(alpha).add(beta).maximum(0).minimum(1),
  Gelu: (x, { approximate }) =>
    approximate === 'none'
      ? x.mul(0.5).mul(x.div(Math.SQRT2).erf().add(1))
      : x.mul(0.5).mul(
          x
            .add(x.pow(3).mul(0.044715))
            .mul(Math.sqrt(2 / Math.PI))
            .tanh()
            .add(1),
        ),
  Clip: (x, { least, most }) => {
    const above = least === null ? x : x.maximum(least)
    return most === null ? above : above.minimum(most)
  },
  Affine: (x, { scale, offset }) => x.mul(scale).add(offset),
}

const combined: { readonly [Name in Combining]?: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor } = {
  Add: (a, b) => a.add(b),
  Sub: (a, b) => a.sub(b),
  Mul: (a, b) => a.mul(b),
  Div: (a, b) => a.div(b),
  Max: (a, b) => a.maximum(b),
  Min: (a, b) => a.minimum(b),
  Mean: (a, b) => a.add(b),
  NotEqual: (a, b) => a.notEqual(b),
}

const reduced: {
  readonly [Name in Reducing]?: (
    x: tf.Tensor,
    axes: number[] | undefined,
    keep: boolean,
  ) => tf.Tensor
} = {
  Sum: (x, axes, keep) => x.sum(axes, keep),
  Mean: (x, axes, keep) => x.mean(axes, keep),
  Max: (x, axes, keep) => x.max(axes, keep),
  Min: (x, axes, keep) => x.min(axes, keep),
  Any: (x, axes, keep) => x.any(axes, keep),
}

function known<Function>(table: { readonly [name: string]: Function }, name: string): Function {
  const found = table[name]
  if (found === undefined) throw new Error(`nothing runs ${name}`)
  return found
}

/** Operators that work on each value by itself, weigh along an axis, or move values. */
export const elementwise: { readonly [Op in OpName]?: Kernel<Op> } = {
  unary: ({ attributes }, inputs) =>
    known(functions as Record<string, (x: tf.Tensor, a: Unary) => tf.Tensor>, attributes.function)(
      given(inputs, 0),
      attributes,
    ),
  combine: ({ attributes: { function: name } }, inputs) => {
    const all = inputs.map((_, at) => given(inputs, at))
    const result = all.slice(1).reduce((sum, x) => known(combined, name)(sum, x), given(inputs, 0))
    return name === 'Mean' ? result.div(all.length) : result
  },
  reduce: ({ attributes: { function: name, axes, keepDims } }, inputs) =>
    known(reduced, name)(given(inputs, 0), axes === null ? undefined : [...axes], keepDims),
  prelu: (_, inputs) => {
    const [x, slope] = [given(inputs, 0), given(inputs, 1)]
    return x.maximum(0).add(x.minimum(0).mul(slope))
  },
  softmax: ({ attributes: { axis, log } }, inputs) => {
    const x = given(inputs, 0)
    const shifted = x.sub(x.max(axis, true))
    const sum = shifted.exp().sum(axis, true)
    return log ? shifted.sub(sum.log()) : shifted.exp().div(sum)
  },
  identity: (_, inputs) => given(inputs, 0),
  noise: (_, inputs) => given(inputs, 0),
  concat: ({ attributes: { axis } }, inputs) =>
    tf.concat(
      inputs.map((_, at) => given(inputs, at)),
      axis,
    ),
  reshape: ({ attributes: { to } }, inputs) => {
    const x = given(inputs, 0)
    return x.reshape((to ?? []).map((side, at) => (side === 0 ? (x.shape[at] ?? 1) : side)))
  },
  unsqueeze: ({ attributes: { axes } }, inputs) =>
    axes.toSorted((a, b) => a - b).reduce((x, axis) => x.expandDims(axis), given(inputs, 0)),
  transpose: ({ attributes: { perm } }, inputs) => given(inputs, 0).transpose([...perm]),
  tile: ({ attributes: { repeats } }, inputs) => given(inputs, 0).tile([...repeats]),
  pad: ({ attributes: { begin, end, value } }, inputs) =>
    tf.pad(
      given(inputs, 0),
      begin.map((before, at) => [before, end[at] ?? 0]),
      value,
    ),
  slice: ({ attributes: { axes, starts, ends } }, inputs) => {
    const x = given(inputs, 0)
    const begin = x.shape.map(() => 0)
    const stop = [...x.shape]
    for (const [at, axis] of axes.entries()) {
      const end = ends[at] ?? null
      begin[axis] = starts[at] ?? 0
      if (end !== null) stop[axis] = end < 0 ? (x.shape[axis] ?? 0) + end : end
    }
    const sizes = stop.map((end, at) => end - (begin[at] ?? 0))
    return tf.slice(x, begin, sizes)
  },
  cast: ({ attributes: { to } }, inputs) => given(inputs, 0).cast(to),
}
