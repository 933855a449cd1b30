import * as tf from '@tensorflow/tfjs'
import type { NodeOf, OpName } from '../../../graph/operators'
import type { Pass } from '../pass'

/** What tfjs does in one kernel after a convolution or a product of matrices. */
export type Follower =
  | { readonly name: 'relu' | 'relu6' | 'elu' | 'sigmoid' }
  | { readonly name: 'leakyrelu'; readonly alpha: number }

/** A convolution without a bias, of all channels or of each. */
export type Lead = NodeOf<'conv'> | NodeOf<'depthwiseConv'>

/** One operator to be carried out. */
export interface Call<Op extends OpName> {
  readonly node: NodeOf<Op>
  /** null: left out. */
  readonly inputs: readonly (tf.Tensor | null)[]
  readonly pass: Pass
  /** What comes behind the operator, which it does as well; only of operators that tfjs fuses it with. */
  readonly follower: Follower | null
  /** The convolution whose result a batch normalisation reads: it then is given what that reads. */
  readonly lead?: Lead | null
}

/** May give what it got. Called in a scope of its own, which frees what lies between. */
export type Kernel<Op extends OpName> = (call: Call<Op>) => tf.Tensor | readonly tf.Tensor[]

/** An input that the operator cannot do without. */
export function given({ node, inputs }: Call<OpName>, place: number): tf.Tensor {
  const tensor = inputs[place] ?? null
  if (tensor === null) throw new RangeError(`${node.id} lacks input ${place}`)
  return tensor
}

export function allGiven(call: Call<OpName>): tf.Tensor[] {
  return call.inputs.map((_, place) => given(call, place))
}

/** Numbers that an input says: sizes, which are few. */
export function numbersOf(call: Call<OpName>, place: number): number[] {
  return [...given(call, place).dataSync<'int32'>()]
}

/** What is made of x, as a constant to whatever reads it: no gradient goes through. */
export function cutOff(x: tf.Tensor, make: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const constant = tf.customGrad((given) => ({
    value: make(given as tf.Tensor),
    gradFunc: () => tf.zeros(x.shape),
  }))
  return constant(x)
}
