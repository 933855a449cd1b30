import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../../core/random'
import type { Recipe } from '../../../techniques/recipe'
import type { HintPlace } from '../distillation/hint-place'
import type { HookState, TrainingHook } from '../../../techniques/training-hook.engine'

const ADAPTER = 'hint/adapter'
/** Keeps the ratio finite where a teacher's features are all zero. */
const LEAST_POWER = 1e-6

/** What a teacher's layer says to a piece of a batch. */
export interface Features {
  readonly features: tf.Tensor
  /** Of the batch. */
  readonly share: number
}

/**
 * Lets a layer of the student say what a layer of the teacher says (FitNets, Romero et al. 2015, arXiv:1412.6550).
 * A 1x1 convolution without bias carries the student's channels over to the teacher's; it learns with the student
 * and is dropped afterwards. The loss is the mean squared difference over the mean square of the teacher's features,
 * so that a weight means the same for every layer.
 */
export class HintHook implements TrainingHook {
  readonly variables = new Map<string, tf.Variable>()
  readonly removal = null
  readonly place: HintPlace
  private readonly seed: number

  constructor(place: HintPlace, seed: number) {
    this.place = place
    this.seed = seed
  }

  prepare(): Promise<void> {
    const { studentChannels: from, teacherChannels: to } = this.place
    const random = createRandom(this.seed)
    const scale = Math.sqrt(1 / from)
    this.set(
      Float32Array.from({ length: from * to }, (_, at) =>
        // As many channels are most likely the same ones.
        from === to ? Number(at % (from + 1) === 0) : scale * random.normal(),
      ),
    )
    return Promise.resolve()
  }

  /** Makes room for an adapter that is handed over. */
  hold(): void {
    this.set(new Float32Array(this.place.studentChannels * this.place.teacherChannels))
  }

  /**
   * A scalar on the tape.
   * @param student features [batch, ..., channels], on the tape
   * @param teacher features [batch, ..., channels]; pictures are resized to the student's height and width
   * @param ofBatch that of the whole batch, where this is a piece of it; null: the mean square of these features
   */
  loss(student: tf.Tensor, teacher: tf.Tensor, ofBatch: tf.Scalar | null = null): tf.Scalar {
    const { studentChannels, teacherChannels, weight } = this.place
    const adapter = this.variables.get(ADAPTER)
    if (adapter === undefined) throw new RangeError('a hint that is not prepared')
    const wanted = fitted(teacher, student.shape).reshape([-1, teacherChannels])
    const said = tf.matMul(student.reshape<tf.Tensor2D>([-1, studentChannels]), adapter)
    const power = (ofBatch ?? wanted.square().mean()).maximum(LEAST_POWER)
    return said.sub(wanted).square().mean().div(power).mul(weight).asScalar()
  }

  /**
   * The mean square of a teacher's features over all pieces of a batch; the caller disposes it.
   * @param student shape of the student's features
   */
  powerOf(pieces: readonly Features[], student: readonly number[]): tf.Scalar {
    return tf.tidy(() =>
      tf
        .addN(
          pieces.map(({ features, share }) =>
            fitted(features, [features.shape[0], ...student])
              .square()
              .mean()
              .mul(share),
          ),
        )
        .asScalar(),
    )
  }

  transform(): null {
    return null
  }

  beforeStep(): Promise<void> {
    return Promise.resolve()
  }

  gradients(): void {
    // The adapter's gradient is one like all others.
  }

  afterUpdate(): void {
    // Nothing holds the adapter anywhere.
  }

  afterRollback(): void {
    // Put back with all other variables.
  }

  committed(recipe: Recipe): Recipe {
    return recipe
  }

  async save(): Promise<HookState> {
    const values = await this.variables.get(ADAPTER)?.data<'float32'>()
    return new Map(values === undefined ? [] : [[ADAPTER, Float32Array.from(values)]])
  }

  restore(state: HookState): void {
    const values = state.get(ADAPTER)
    if (values !== undefined) this.set(values)
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose()
    this.variables.clear()
  }

  private set(values: Float32Array): void {
    this.dispose()
    const { studentChannels, teacherChannels } = this.place
    const variable = tf.tidy(() =>
      tf.variable(tf.tensor(values, [studentChannels, teacherChannels])),
    )
    this.variables.set(ADAPTER, variable)
  }
}

function fitted(teacher: tf.Tensor, [, height, width]: readonly number[]): tf.Tensor {
  const isPicture = teacher.shape.length === 4 && height !== undefined && width !== undefined
  if (!isPicture || (teacher.shape[1] === height && teacher.shape[2] === width)) return teacher
  return tf.image.resizeBilinear(teacher as tf.Tensor4D, [height, width])
}
