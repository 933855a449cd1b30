import * as tf from '@tensorflow/tfjs'
import { isStudioError } from '../../../core/errors'
import { joinFloats } from '../../../core/join-arrays'
import { memoryFaultOf } from '../../../core/memory-fault'
import type { WeightTensor } from '../../../core/weight-tensor'
import type { OpenedModel } from '../../../formats/format'
import type { DistillationSettings } from '../../../training/training-settings'
import { buildInstant } from '../../model/build-model'
import type { RunnableModel } from '../../model/runnable-model'
import { fitted } from './teacher-fit'
import type { TeacherFit } from './teacher-fit'
import type { Batch } from '../../samples/batch-feed'
import { taughtLoss } from './distillation-loss'
import type { TaughtLoss } from './distillation-loss'
import type { OutputReading } from '../network/objective'
import { logitsOf } from '../network/logits-of'
import { inOneRow } from '../network/one-row'
import { offStock } from '../network/off-stock'
import { TrainableProgram } from '../network/trainable-program'

/** Outputs of so many bytes are kept; a larger set is computed again in each step. */
const MOST_CACHED_BYTES = 256 * 2 ** 20

/** Where a teacher comes from. */
export interface TeacherSource {
  readonly opened: OpenedModel
  /** In place of those of the file. */
  readonly weights: readonly WeightTensor[] | null
  readonly fit: TeacherFit
  readonly settings: DistillationSettings
  readonly reading: OutputReading
  /** Of the training split. */
  readonly samples: number
  /** Whose output is a hint; null: none is. */
  readonly hintLayer: string | null
  /** Whether a sample looks the same in every epoch, so that one answer is enough. */
  readonly repeats: boolean
}

/** What a teacher says to a batch; the caller disposes both. */
export interface Taught {
  /** [batch, outputs] */
  readonly logits: tf.Tensor
  /** Of the hint's layer; null without one. */
  readonly features: tf.Tensor | null
}

/** What a teacher that is gone has said. */
export interface Answered {
  /** To all samples, row-major. */
  readonly logits: Float32Array
  readonly offStock: number | null
}

/** Runs work with the training kernels in place. */
type Within = <Result>(work: () => Result) => Result

/** Answers batches with logits, and says how far a student is from them. */
export class Teacher {
  private readonly source: TeacherSource
  private readonly answer: (inputs: tf.Tensor[]) => Taught
  private readonly release: () => void
  /** What is to be compared with what its files are measured by; null: that is what answers. */
  private readonly program: TrainableProgram | null
  /** How far stock TensorFlow.js is from it, as a share of the largest number; null: it answers alike, or was not compared. */
  offStock: number | null = null
  private cache: Float32Array | null = null
  private readonly known: Uint8Array

  private constructor(
    source: TeacherSource,
    answer: (inputs: tf.Tensor[]) => Taught,
    release: () => void,
    program: TrainableProgram | null = null,
  ) {
    this.source = source
    this.answer = answer
    this.release = release
    this.program = program
    this.known = new Uint8Array(source.repeats ? source.samples : 0)
  }

  /** Needs the lock. */
  static async build(source: TeacherSource): Promise<Teacher> {
    const { opened, weights } = source
    if (opened.obstacles.train !== null) {
      const graph = await buildInstant(opened)
      const kind = graph.outputs[0]?.kind ?? 'scores'
      const answer = (inputs: tf.Tensor[]): Taught => {
        const output = inOneRow(firstOf(graph.predict(inputs)))
        // The last step of what only runs cannot be taken off.
        return { logits: logitsOf(output, kind), features: null }
      }
      return new Teacher(source, answer, () => {
        graph.dispose()
      })
    }
    const model = new TrainableProgram(opened)
    if (weights !== null) model.load(weights)
    const features = source.hintLayer === null ? () => null : model.tap(source.hintLayer)
    const answer = (inputs: tf.Tensor[]): Taught => ({
      logits: firstOf(model.forward(inputs, false, 0)),
      features: features(),
    })
    const release = (): void => {
      model.dispose()
    }
    return new Teacher(source, answer, release, model)
  }

  /** Compares it with stock TensorFlow.js, which its files are measured by, where both fit; needs the lock. */
  async compare(inputs: readonly tf.Tensor[]): Promise<void> {
    const { program } = this
    const { fit, opened, weights } = this.source
    if (program === null) return
    const given = tf.tidy(() => fitted(inputs, fit).map((input) => input.clone()))
    let stock: RunnableModel | null = null
    try {
      stock = await buildInstant(opened)
      if (weights !== null) await stock.setWeights(weights, () => Promise.resolve())
      this.offStock = await offStock(program, stock, given)
    } catch (error) {
      // It teaches without another of itself beside it.
      const reason = isStudioError(error) ? (error.cause ?? error) : error
      if (memoryFaultOf(reason) !== 'tooLarge') throw error
    } finally {
      tf.dispose(given)
      stock?.dispose()
    }
  }

  /**
   * A teacher that is not there any more, known by what it has said.
   * @param answers of `allAnswers`
   */
  static remembered(source: TeacherSource, answers: Answered): Teacher {
    const gone = (): never => {
      throw new RangeError('a teacher that was asked first has not said this')
    }
    const teacher = new Teacher(source, gone, () => undefined)
    teacher.cache = answers.logits
    teacher.offStock = answers.offStock
    teacher.known.fill(1)
    return teacher
  }

  /** What it says to all samples, in their order. Needs the lock for each batch. */
  async allAnswers(
    batches: AsyncIterable<Batch>,
    alone: <Result>(work: () => Promise<Result>) => Promise<Result>,
    within: Within,
  ): Promise<Answered> {
    const rows: Float32Array[] = []
    for await (const { inputs } of batches)
      rows.push(
        await alone(async () => {
          const taught = within(() => this.ask(inputs))
          try {
            return Float32Array.from(await taught.logits.data<'float32'>())
          } finally {
            disposeTaught(taught)
          }
        }),
      )
    return { logits: joinFloats(rows), offStock: this.offStock }
  }

  /**
   * What it says to a batch; the caller disposes it. Needs the lock.
   * @param within puts the training kernels in place
   */
  async teach({ inputs, samples }: Batch, within: Within): Promise<Taught> {
    const cached = this.fromCache(samples)
    if (cached !== null) return { logits: cached, features: null }
    const taught = within(() => this.ask(inputs))
    const { logits } = taught
    // Features are too many to be kept.
    if (this.source.repeats && taught.features === null) {
      try {
        this.remember(samples, await logits.data<'float32'>())
      } catch (error) {
        logits.dispose()
        throw error
      }
    }
    return taught
  }

  private ask(inputs: readonly tf.Tensor[]): Taught {
    const kept: Taught[] = []
    tf.tidy(() => {
      const { features, logits } = this.answer(fitted(inputs, this.source.fit))
      // A clone: an answer may be an input.
      kept.push({ logits: tf.keep(logits.clone()), features })
    })
    const [taught] = kept
    if (taught === undefined) throw new RangeError('a teacher without an answer')
    return taught
  }

  /** How its answers count. */
  get counts(): TaughtLoss {
    const { reading, settings } = this.source
    return { reading, settings }
  }

  /**
   * The loss of a student that knows nothing: one that answers all the same.
   * @param logits of some samples
   * @param hard the same of the labels
   */
  async usualLoss(logits: tf.Tensor, hard: number): Promise<number> {
    const value = tf.tidy(() =>
      taughtLoss(this.counts, tf.zerosLike(logits), logits, () => tf.scalar(hard)),
    )
    try {
      return (await value.data<'float32'>())[0] ?? NaN
    } finally {
      value.dispose()
    }
  }

  dispose(): void {
    this.release()
  }

  private fromCache(samples: Uint32Array): tf.Tensor | null {
    const { cache, known } = this
    if (cache === null || !samples.every((at) => known[at] === 1)) return null
    const columns = cache.length / known.length
    const rows = new Float32Array(samples.length * columns)
    samples.forEach((at, row) => {
      rows.set(cache.subarray(at * columns, (at + 1) * columns), row * columns)
    })
    return tf.tensor2d(rows, [samples.length, columns])
  }

  private remember(samples: Uint32Array, logits: Float32Array): void {
    const columns = logits.length / samples.length
    const size = columns * this.known.length
    if (4 * size > MOST_CACHED_BYTES) return
    this.cache ??= new Float32Array(size)
    for (const [row, at] of samples.entries()) {
      this.cache.set(logits.subarray(row * columns, (row + 1) * columns), at * columns)
      this.known[at] = 1
    }
  }
}

/** What is not needed any more. */
export function disposeTaught(taught: Taught | null): void {
  taught?.logits.dispose()
  taught?.features?.dispose()
}

function firstOf(outputs: readonly tf.Tensor[]): tf.Tensor {
  const [first] = outputs
  if (first === undefined) throw new RangeError('a teacher without an output')
  return first
}
