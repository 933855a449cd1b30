import * as tf from '@tensorflow/tfjs'
import type { BatchFeed } from '../../samples/batch-feed'
import type { Activation, TrainableModel } from '../network/trainable-model'

/** Samples of the calibration split that the observers see. */
const SAMPLES = 512
/** So many at once, where they fit; what is seen does not depend on it. */
export const CALIBRATION_BATCH = 64

interface Range {
  low: number
  high: number
}

/**
 * Lets the model compute with activations of a few bits, per tensor and asymmetric, between the extremes that
 * observers saw on the calibration split. Simulated: a TensorFlow.js file holds weights alone.
 * @see Jacob et al. 2018, arXiv:1712.05877, section 3
 */
export class ActivationHook {
  private readonly bits: number
  private readonly ranges = new Map<string, Range>()
  private readonly observed: { readonly range: Range; readonly ends: tf.Tensor }[] = []
  private observing = false
  private active = false

  /** @param bits 4 to 8 */
  constructor(model: TrainableModel, bits: number) {
    this.bits = bits
    for (const activation of model.activations) this.hook(activation)
  }

  /**
   * Observes the calibration split, and quantizes from then on.
   * @param batch samples at once
   * @param step runs the work of one batch alone
   */
  async calibrate(
    model: TrainableModel,
    feed: BatchFeed,
    batch: number,
    step: (work: () => void) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    this.observing = true
    try {
      for await (const { inputs } of feed.inOrder(batch, Math.ceil(SAMPLES / batch), signal)) {
        await step(() => {
          tf.tidy(() => {
            model.forward(inputs, false, 0)
          })
        })
        await this.takeIn()
      }
    } finally {
      this.observing = false
    }
    this.active = true
  }

  private async takeIn(): Promise<void> {
    for (const { range, ends } of this.observed.splice(0)) {
      const [low = 0, high = 0] = await ends.data<'float32'>()
      ends.dispose()
      range.low = Math.min(range.low, low)
      range.high = Math.max(range.high, high)
    }
  }

  /** Low and high end of each observed layer, in the order of the layers. */
  save(): Float32Array {
    return Float32Array.from([...this.ranges.values()].flatMap(({ low, high }) => [low, high]))
  }

  restore(ends: Float32Array): void {
    ;[...this.ranges.values()].forEach((range, index) => {
      range.low = ends[2 * index] ?? 0
      range.high = ends[2 * index + 1] ?? 0
    })
    this.active = true
  }

  private hook({ name, change }: Activation): void {
    const range = { low: 0, high: 0 }
    this.ranges.set(name, range)
    change((value) => {
      if (this.observing) {
        // Read after the pass: on a GPU nothing can be read within it.
        const ends = tf.tidy(() => tf.keep(tf.stack([value.min(), value.max()])))
        this.observed.push({ range, ends })
      }
      return this.active ? quantizedActivation(value, range, this.bits) : value
    })
  }
}

/** Rounded to the nearest of 2^bits levels; the gradient passes inside the range only. */
export function quantizedActivation(
  x: tf.Tensor,
  { low, high }: { readonly low: number; readonly high: number },
  bits: number,
): tf.Tensor {
  const last = 2 ** bits - 1
  if (high <= low) return x
  const scale = (high - low) / last
  const zeroPoint = Math.min(last, Math.floor(-low / scale + 0.5))
  const rounded = tf.customGrad((...args: unknown[]) => {
    const input = args[0] as tf.Tensor
    const save = args.at(-1) as tf.GradSaveFunc
    save([input])
    return {
      value: input
        .div(scale)
        .add(zeroPoint + 0.5)
        .floor()
        .clipByValue(0, last)
        .sub(zeroPoint)
        .mul(scale),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [w] = saved
        if (w === undefined) return dy
        const inside = tf.logicalAnd(w.greaterEqual(low), w.lessEqual(high)).cast('float32')
        return dy.mul(inside)
      },
    }
  })
  return rounded(x)
}
