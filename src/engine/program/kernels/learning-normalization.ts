import * as tf from '@tensorflow/tfjs'
import {
  batchNormForward,
  batchNormHeld,
  batchNormTraining,
  batchNormWith,
} from '../../wasm-kernels/batch-norm'
import type { Normalization } from '../../wasm-kernels/batch-norm'
import { endsOf } from '../../wasm-kernels/limiting'
import type { Limiting } from '../../wasm-kernels/limiting'
import { isRegistered } from '../../wasm-kernels/training-kernel'
import { isRecorded } from '../record-dependent'
import type { BatchStatistics } from '../pass'
import { clippedBetween } from './functions'
import { isOnTape, shaped, withGradients } from './with-gradients'

/** Batch normalisation over the last axis, in training. */
export interface LearningNormalization {
  readonly x: tf.Tensor
  readonly scale: tf.Tensor | null
  readonly offset: tf.Tensor | null
  readonly epsilon: number
  /** What comes behind. */
  readonly activation: Limiting
}

/** With the statistics of this batch, which `moved` is told. */
export function normalizedByBatch(
  of: LearningNormalization,
  moved: (statistics: BatchStatistics) => void,
): tf.Tensor {
  if (isRegistered(batchNormForward)) {
    const { y, mean, variance } = batchNormTraining(forKernel(of))
    moved({ mean, variance })
    return y
  }
  const found: BatchStatistics[] = []
  const count = (rows: tf.Tensor): BatchStatistics => {
    const { mean, variance } = tf.moments(rows, 0)
    // They outlive the scope of the operation.
    found.push({ mean: tf.keep(mean), variance: tf.keep(variance) })
    return { mean, variance }
  }
  const y = composed(of, count, null)
  for (const statistics of found) {
    moved(statistics)
    tf.dispose([statistics.mean, statistics.variance])
  }
  return y
}

/** With statistics that are held. */
export function normalizedWith(of: LearningNormalization, held: BatchStatistics): tf.Tensor {
  const { mean, variance } = held
  // The kernel lets nothing flow back to statistics, which a graph may have made of what learns.
  const isStill = !isRecorded(mean) && !isRecorded(variance)
  if (isStill && isRegistered(batchNormHeld))
    return batchNormWith(forKernel(of), { mean, variance })
  return composed(of, () => held, held)
}

/** What is left out changes nothing. */
function forKernel({
  x,
  scale,
  offset,
  epsilon,
  activation,
}: LearningNormalization): Normalization {
  const channels = [x.shape.at(-1) ?? 1]
  const numbers = [scale, offset].some((each) => each !== null && isRecorded(each))
  return {
    x,
    gamma: scale ?? tf.ones(channels),
    beta: offset ?? tf.zeros(channels),
    epsilon,
    activation,
    asked: { x: isRecorded(x), numbers },
  }
}

/**
 * One operation on the tape, with the gradients of Ioffe & Szegedy 2015: operators of TensorFlow.js, each recorded, keep
 * several values as large as x, and go back through more of them.
 */
function composed(
  { x, scale, offset, epsilon, activation }: LearningNormalization,
  statisticsOf: (rows: tf.Tensor) => BatchStatistics,
  held: BatchStatistics | null,
): tf.Tensor {
  const channels = x.shape.at(-1) ?? 1
  const rowsOf = (value: tf.Tensor): tf.Tensor => shaped(value, [value.size / channels, channels])
  const count = x.size / channels
  let statistics: BatchStatistics | null = null
  const y = withGradients({
    inputs: [x, scale, offset, held?.mean ?? null, held?.variance ?? null],
    value: () => {
      statistics = statisticsOf(rowsOf(x))
      return byChannels(x, { ...statistics, scale, offset }, epsilon)
    },
    keeps: () => {
      const { mean, variance } = statistics ?? missing()
      return [x, mean, variance, ...(scale === null ? [] : [scale])]
    },
    gradients: (dy, kept, [ofX, ofScale, ofOffset, ofMean, ofVariance]) => {
      const [values = x, mean, variance, factors] = kept
      if (mean === undefined || variance === undefined) return missing()
      const steady = tf.rsqrt(tf.add(variance, epsilon))
      const factor = factors === undefined ? steady : tf.mul(steady, factors)
      const flowing = rowsOf(dy)
      const spread = tf.mul(tf.sub(rowsOf(values), mean), steady)
      const isOfBatch = held === null && ofX === true
      const isSummed = isOfBatch || ofOffset === true || ofMean === true
      const sums = isSummed ? tf.sum(flowing, 0) : null
      const isWeighed = isOfBatch || ofScale === true || ofVariance === true
      const along = isWeighed ? tf.sum(tf.mul(flowing, spread), 0) : null
      return [
        () => {
          if (held !== null) return shaped(tf.mul(flowing, factor), x.shape)
          // What flows back by way of the statistics.
          const common = tf.add(
            tf.div(sums ?? missing(), count),
            tf.mul(spread, tf.div(along ?? missing(), count)),
          )
          return shaped(tf.mul(tf.sub(flowing, common), factor), x.shape)
        },
        () => along ?? missing(),
        () => sums ?? missing(),
        () => tf.neg(tf.mul(sums ?? missing(), factor)),
        () => tf.mul(tf.mul(along ?? missing(), factor), tf.mul(steady, -0.5)),
      ]
    },
  })
  return limited(y, activation)
}

/** As operators of their own. */
export function limited(y: tf.Tensor, activation: Limiting): tf.Tensor {
  if (activation === 'linear') return y
  return activation === 'relu' ? tf.relu(y) : clippedBetween(y, ...endsOf(activation))
}

function missing(): never {
  throw new RangeError('a normalisation without what its gradients need')
}

interface Normal extends BatchStatistics {
  readonly scale: tf.Tensor | null
  readonly offset: tf.Tensor | null
}

/** The kernel of tfjs reads channels in the last axis of four. */
export function byChannels(
  x: tf.Tensor,
  { mean, variance, scale, offset }: Normal,
  epsilon: number,
): tf.Tensor {
  const channels = x.shape.at(-1) ?? 1
  const rows = x.rank === 4 ? (x as tf.Tensor4D) : tf.reshape<tf.Rank.R4>(x, [-1, 1, 1, channels])
  // On its tape TensorFlow.js keeps the scale, and stumbles where there is none.
  const factors = scale ?? (isOnTape() ? tf.ones([channels]) : undefined)
  const result = tf.batchNorm4d(
    rows,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    (offset ?? undefined) as tf.Tensor1D | undefined,
    factors as tf.Tensor1D | undefined,
    epsilon,
  )
  return shaped(result, x.shape)
}
