import * as tf from '@tensorflow/tfjs'
import type { Follower } from './kernel'
import { isLimiting } from '../../wasm-kernels/limiting'
import { beforeLimits, gradientsOf, summedTo, withGradients } from './with-gradients'

/** What multiplies by weights, with its bias and the activation behind it. */
export interface Weighing {
  readonly x: tf.Tensor
  readonly weights: tf.Tensor
  readonly bias: tf.Tensor | null
  /** On the tape a ReLU, a ReLU6 or nothing. */
  readonly follower: Follower | null
  /** The kernel that has the gradients, and what it calls its inputs. */
  readonly kernel: string
  readonly names: readonly [x: string, weights: string]
  readonly attributes: tf.NamedAttrMap
  /** All of it. */
  readonly compute: () => tf.Tensor
}

/** One operation on the tape: what lies before the bias and before the activation is not kept. */
export function weighed(weighing: Weighing): tf.Tensor {
  const { x, weights, bias, follower, kernel, names, attributes, compute } = weighing
  const activation = follower?.name ?? 'linear'
  if (!isLimiting(activation))
    throw new RangeError(`no gradient is known of ${kernel} with ${activation}`)
  return withGradients({
    inputs: [x, weights, bias],
    value: compute,
    keeps: (y, [ofX, ofWeights]) => [
      ...(follower === null ? [] : [y]),
      ...(ofX === true ? [weights] : []),
      ...(ofWeights === true ? [x] : []),
    ],
    gradients: (dResult, kept, [ofX, ofWeights]) => {
      const left = [...kept]
      const y = follower === null ? undefined : left.shift()
      const dy = y === undefined ? dResult : beforeLimits(dResult, y, activation)
      // Where one of both is not asked for, only the shape of the other is read.
      const keptWeights = ofX === true ? left.shift() : weights
      const keptX = ofWeights === true ? left.shift() : x
      if (keptX === undefined || keptWeights === undefined)
        throw new RangeError(`${kernel} has kept too little for its gradients`)
      const own = gradientsOf(kernel, dy, [keptX, keptWeights], attributes)
      const [ofInput, ofKernel] = names.map((name) => own[name])
      if (ofInput === undefined || ofKernel === undefined)
        throw new RangeError(`${kernel} has no gradient of ${names.join(' or ')}`)
      return [ofInput, ofKernel, () => summedTo(dy, bias?.shape ?? [])]
    },
  })
}

/** A sum of two of one shape, of which a way back needs nothing. */
export function added(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return withGradients({
    inputs: [a, b],
    value: () => tf.add(a, b),
    keeps: () => [],
    gradients: (dy) => [() => dy, () => dy.clone()],
  })
}
