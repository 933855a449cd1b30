import * as tf from '@tensorflow/tfjs'
import type { Noise } from '../../../graph/operators'
import type { Pass } from '../pass'
import { given } from './kernel'
import type { Kernel } from './kernel'
import { rowDropout, rowNoise } from './row-noise'

/** Of Klambauer et al. 2017: what a unit says when its input is far below zero. */
const DEEP = -1.6732632423543772 * 1.0507009873554805

type Disturb = (
  x: tf.Tensor,
  amount: number,
  shared: number[],
  seed: number,
  pass: Pass,
) => tf.Tensor

const disturbances: { readonly [Kind in Noise]: Disturb } = {
  Dropout: (x, rate, sides, seed, pass) => rowDropout(x, rate, sides, pass, seed),
  // Keeps mean and variance: what is left out becomes the deepest value, then all is shifted and scaled.
  AlphaDropout: (x, rate, sides, seed, pass) => {
    const chance =
      pass.samples === undefined
        ? tf.randomUniform(sides, 0, 1, 'float32', seed)
        : rowNoise('uniform', sides, pass, seed)
    const kept = tf.cast(tf.greaterEqual(chance, rate), 'float32')
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * DEEP ** 2))
    const left = tf.add(tf.mul(x, kept), tf.mul(tf.sub(1, kept), DEEP))
    return tf.add(tf.mul(left, scale), -scale * DEEP * rate)
  },
  GaussianDropout: (x, rate, sides, seed, pass) =>
    tf.mul(x, spread(1, Math.sqrt(rate / (1 - rate)), sides, seed, pass)),
  GaussianNoise: (x, deviation, sides, seed, pass) =>
    tf.add(x, spread(0, deviation, sides, seed, pass)),
}

function spread(
  mean: number,
  deviation: number,
  sides: number[],
  seed: number,
  pass: Pass,
): tf.Tensor {
  if (pass.samples === undefined) return tf.randomNormal(sides, mean, deviation, 'float32', seed)
  return tf.add(tf.mul(rowNoise('normal', sides, pass, seed), deviation), mean)
}

/** Each node has noise of its own, and each piece of a batch, which differ in what is above 32 bits. */
export function seedOf({ seed }: Pass, id: string): number {
  let hash = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) >>> 0
  for (const letter of id) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash
}

export const noise: Kernel<'noise'> = (call) => {
  const { node, pass } = call
  const { kind, amount, shared } = node.attributes
  const x = given(call, 0)
  if (!pass.training) return x
  const sides = x.shape.map((side, axis) => (shared.includes(axis) ? 1 : side))
  const { samples, ...nobody } = pass
  // A single row is that of its sample, unless all samples of the batch have the same.
  const owned = samples === undefined || shared.includes(0) ? nobody : pass
  return disturbances[kind](x, amount, sides, seedOf(pass, node.id), owned)
}
