import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../../core/random'
import type { Random } from '../../../core/random'
import type { Pass } from '../pass'

type Draw = 'uniform' | 'normal'

/**
 * Numbers of chance for a value whose rows belong to samples: of each row by its sample, so that they are the same
 * whoever stands beside it. Where the pass does not say the samples, or all share one row, by the seed alone; where rows
 * are no samples, as time before the batch, by the first sample too.
 * @param sides of the numbers; the first is that of rows
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
  const owners = samples === undefined ? [0] : ownersOf(rows, [...samples])
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

/** Whose numbers stand in the rows, in turn; 0 is nobody. */
function ownersOf(rows: number, samples: readonly number[]): number[] {
  if (rows % samples.length === 0) return samples.map((one) => one + 1)
  return rows === 1 ? [0] : [(samples[0] ?? 0) + 1]
}

function fill(values: Float32Array, random: Random, draw: Draw): void {
  for (let at = 0; at < values.length; at++) values[at] = random[draw]()
}
