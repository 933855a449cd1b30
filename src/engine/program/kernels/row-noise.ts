import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../../core/random'
import type { Random } from '../../../core/random'
import type { Pass } from '../pass'

type Draw = 'uniform' | 'normal'

/**
 * Numbers of chance for a value whose rows belong to samples: of each row by its sample, so that they are the same
 * whoever stands beside it. Where the pass does not say the samples, or all share the numbers, by the seed alone.
 * @param sides of the numbers; the first is that of rows, 1 where all share them
 * @param seed below 2^32
 */
export function rowNoise(
  draw: Draw,
  sides: readonly number[],
  { samples }: Pick<Pass, 'samples'>,
  seed: number,
): tf.Tensor {
  const all = sides.reduce((product, side) => product * side, 1)
  const [rows = 1] = sides
  const owners = rows === 1 || samples === undefined ? [0] : [...samples].map((one) => one + 1)
  if (rows % owners.length !== 0) throw new RangeError('noise for rows of no sample')
  const values = new Float32Array(all)
  const size = all / owners.length
  owners.forEach((owner, at) => {
    fill(values.subarray(at * size, (at + 1) * size), createRandom(owner * 2 ** 32 + seed), draw)
  })
  return tf.tensor(values, [...sides])
}

/** What stays of x where a share of it is left out, each the larger for it, as `tf.dropout` does. */
export function rowDropout(
  x: tf.Tensor,
  rate: number,
  sides: readonly number[],
  pass: Pick<Pass, 'samples'>,
  seed: number,
): tf.Tensor {
  if (pass.samples === undefined) return tf.dropout(x, rate, [...sides], seed)
  const kept = tf.greaterEqual(rowNoise('uniform', sides, pass, seed), rate)
  return tf.mul(x, tf.mul(tf.cast(kept, 'float32'), 1 / (1 - rate)))
}

function fill(values: Float32Array, random: Random, draw: Draw): void {
  for (let at = 0; at < values.length; at++) values[at] = random[draw]()
}
