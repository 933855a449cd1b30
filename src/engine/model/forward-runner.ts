import * as tf from '@tensorflow/tfjs'
import { PIECE_MS, PieceTimes } from '../work/piece-times'
import { outputBytes } from './prove-model'
import type { RunnableModel } from './runnable-model'
import type { Toolbox } from '../work/toolbox'

/** No batch needs more than this for the outputs of one layer. */
const ACTIVATION_BYTES = 64 * 2 ** 20
const MOST_SAMPLES = 512

/** A sample that takes longer than this is run layer by layer. */
const STEPWISE_MS = 4 * PIECE_MS

/** Speed at start is the peak of a product; most layers are nowhere near. */
const PEAK_SHARE = 4

/** A piece of which nothing turns out to be known may take so many times the aim. */
const WHOLE_SHARE = 4

/** Makes the input tensors for the samples [from, to). */
export type MakeInputs = (from: number, to: number) => tf.Tensor[] | Promise<tf.Tensor[]>

/** The first output of samples [from, to), row-major. The next piece waits for it. */
export type UseOutput = (values: Float32Array, from: number, to: number) => void | Promise<void>

/**
 * Runs many samples through a model in pieces of about 50 ms, first as long as the
 * multiply-accumulates promise, then as long as pieces have really taken.
 */
export class ForwardRunner {
  private readonly model: RunnableModel
  private readonly macs: number
  private readonly tools: Toolbox
  private readonly times: PieceTimes
  /** Of pieces of which nothing was known. */
  private readonly whole: PieceTimes

  /** @param macs multiply-accumulates of one sample */
  constructor(model: RunnableModel, macs: number, tools: Toolbox) {
    this.model = model
    this.macs = macs
    this.tools = tools
    const limit = Math.min(
      ACTIVATION_BYTES,
      tools.backend().info.maxTensorBytes ?? ACTIVATION_BYTES,
    )
    const largest = Math.max(1, ...[...model.outputShapes.values()].map(outputBytes))
    const most =
      model.frozenBatch ?? Math.max(1, Math.min(MOST_SAMPLES, Math.floor(limit / largest)))
    this.times = new PieceTimes(PEAK_SHARE * tools.pace.expect(macs), most)
    this.whole = new PieceTimes(PEAK_SHARE * tools.pace.expect(macs), most)
  }

  /**
   * @param use called after each piece, once nothing can be wrong with its numbers any more
   * @throws StudioError 'engine/cancelled' or the fault of the device
   */
  async run(
    from: number,
    to: number,
    makeInputs: MakeInputs,
    use: UseOutput,
    signal: AbortSignal,
  ): Promise<void> {
    const { backend } = this.tools
    for (let at = from; at < to;) {
      const end = Math.min(to, at + this.nextSize())
      const inputs = await makeInputs(at, end)
      const values = await this.timed(inputs, end - at, signal)
      await backend().watch.settle()
      await use(values, at, end)
      at = end
    }
  }

  /** Samples of the next piece, as pieces have taken so far. */
  nextSize(): number {
    return Math.min(this.times.nextSize(), WHOLE_SHARE * this.whole.nextSize())
  }

  /** The time that so many samples should take, as pieces of them have taken so far. */
  msFor(samples: number): number {
    const size = Math.min(Math.max(1, samples), this.nextSize())
    return (samples / size) * this.times.expectedMs(size)
  }

  private async timed(
    inputs: tf.Tensor[],
    samples: number,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const { pace } = this.tools
    let outputs: tf.Tensor[] = []
    try {
      await pace.breathe(signal, this.expectedMs(samples))
      const start = pace.now()
      outputs = await this.forward(inputs, signal)
      const values = await outputs[0]?.data<'float32'>()
      const took = pace.now() - start
      this.times.learn(samples, took)
      if (this.model.wasWhole !== false) this.whole.learn(samples, took)
      return values ?? new Float32Array()
    } finally {
      tf.dispose([inputs, outputs])
    }
  }

  private expectedMs(samples: number): number {
    return Math.max(
      this.times.expectedMs(samples),
      this.whole.expectedMs(samples),
      samples * this.tools.pace.expect(this.macs),
    )
  }

  private async forward(inputs: tf.Tensor[], signal: AbortSignal): Promise<tf.Tensor[]> {
    return this.whole.expectedMs(1) > STEPWISE_MS
      ? this.model.predictInSteps(inputs, () => this.tools.pace.breathe(signal, this.expectedMs(1)))
      : this.model.predict(inputs)
  }
}
