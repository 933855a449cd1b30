import * as tf from '@tensorflow/tfjs'
import { movedTowards, movingAverage } from '../../wasm-kernels/moving-average'
import { isRegistered } from '../../wasm-kernels/training-kernel'
import type { RunningStatistics } from './trainable-model'

/** Mean and variance in variables, which go with each batch a part of the way to those of the batch. */
export class MovingStatistics implements RunningStatistics {
  constructor(
    private readonly mean: tf.Variable,
    private readonly variance: tf.Variable,
    public momentum: number,
  ) {}

  read(): { readonly mean: tf.Tensor; readonly variance: tf.Tensor } {
    return { mean: this.mean, variance: this.variance }
  }

  write(mean: tf.Tensor, variance: tf.Tensor): void {
    this.mean.assign(mean)
    this.variance.assign(variance)
  }

  /** What a batch has; nothing flows back to it. */
  move(mean: tf.Tensor, variance: tf.Tensor): void {
    tf.tidy(() => {
      this.write(this.moved(this.mean, mean), this.moved(this.variance, variance))
    })
  }

  private moved(average: tf.Tensor, value: tf.Tensor): tf.Tensor {
    if (isRegistered(movingAverage)) return movedTowards(average, value, 1 - this.momentum)
    return tf.sub(average, tf.mul(tf.sub(average, value), 1 - this.momentum))
  }
}
