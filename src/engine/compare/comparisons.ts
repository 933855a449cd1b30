import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../core/errors'
import type {
  AskedAnswers,
  AskedRequest,
  CompareRequest,
  Comparison,
  DrawnAnswers,
  DrawnRequest,
} from '../../protocol/compare-messages'
import type { MeasureProgress } from '../../protocol/measure-messages'
import type { Recipe } from '../../techniques/recipe'
import { answerTo } from './answer-to'
import { askedPicture } from './asked-picture'
import { compareAnswers } from './compare-answers'
import type { KnownModels } from '../measure/known-models'
import type { Measurements } from '../measure/measurements'
import { withData } from '../measure/work-ground'
import type { WorkGround } from '../measure/work-ground'
import { requireRunnable } from '../model/model-store'
import type { ModelStore } from '../model/model-store'
import type { RecipeRunner } from '../recipe/recipe-runner'
import { pixelsOf } from '../samples/picture-pixels'
import { inputTensors } from '../samples/samples-for-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'

/** Original and compressed model side by side, on samples of the data and on drawn ones. */
export class Comparisons {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly known: KnownModels
  private readonly measurements: Measurements
  private readonly runner: RecipeRunner

  constructor(
    tools: Toolbox,
    models: ModelStore,
    known: KnownModels,
    measurements: Measurements,
    runner: RecipeRunner,
  ) {
    this.tools = tools
    this.models = models
    this.known = known
    this.measurements = measurements
    this.runner = runner
  }

  /**
   * The samples of the validation split that settings change the answer to.
   * @throws StudioError 'engine/no-data' without labelled data with classes
   */
  async compare(
    { recipe, most }: CompareRequest,
    emit: Emit<MeasureProgress>,
    signal: AbortSignal,
  ): Promise<Comparison> {
    const ground = this.measurements.groundOf(this.models.require())
    const { state } = ground
    const onData = withData(ground)
    const split = await onData?.data.split('validation', () => undefined, signal)
    const task = split?.targets.task
    if (onData === null || split === undefined || (task !== 'classification' && task !== 'binary'))
      throw new StudioError('engine/no-data', {})
    const { tensors: weights } = await this.runner.run(ground, recipe, signal)
    await this.measurements.measureSplit(onData, 'validation', null, () => undefined, signal)
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const original = this.known.answersOf(state).outputs.get(split.key)
      // Other settings of the data came between.
      if (original === undefined) throw new StudioError('engine/cancelled', {})
      return compareAnswers(
        {
          split,
          original,
          compressed: this.known.subject(state, { kind: 'weights', weights }),
          kind: requireRunnable(state).outputs[0]?.kind ?? 'scores',
          most,
          tools: this.tools,
          signal,
        },
        emit,
      )
    })
  }

  /**
   * What the original and the compressed model say to a picture that somebody drew.
   * @throws StudioError 'engine/no-data' where the data is no built-in one, 'data/shape-mismatch'
   */
  async drawn({ pixels, recipe }: DrawnRequest, signal: AbortSignal): Promise<DrawnAnswers> {
    const ground = this.measurements.groundOf(this.models.require())
    const { data } = ground
    const make = data?.drawn ?? null
    if (make === null) throw new StudioError('engine/no-data', {})
    return this.answers(ground, recipe, () => make(pixels, signal), signal)
  }

  /**
   * What both say to a picture file. It is prepared as the attached pictures are, else as the model suggests.
   * @throws StudioError 'data/...' where it cannot be read or the model takes no pictures, 'engine/no-model'
   */
  async asked({ file, recipe }: AskedRequest, signal: AbortSignal): Promise<AskedAnswers> {
    const ground = this.measurements.groundOf(this.models.require())
    const { state, data } = ground
    const preparation = data?.summary.settings.preparation ?? null
    const { picture, rows } = await askedPicture(file, state, preparation, this.tools, signal)
    const makeInputs = (): Promise<tf.Tensor[]> => Promise.resolve(inputTensors(rows, 1))
    const answers = await this.answers(ground, recipe, makeInputs, signal)
    return { ...answers, picture: picture === null ? null : pixelsOf(picture) }
  }

  private async answers(
    ground: WorkGround,
    recipe: Recipe,
    makeInputs: () => Promise<tf.Tensor[]>,
    signal: AbortSignal,
  ): Promise<DrawnAnswers> {
    const { state } = ground
    const { tensors: weights } = await this.runner.run(ground, recipe, signal)
    return this.tools.exclusive.run(signal, async () => {
      this.known.requireOpen(state)
      const compressed = { ...this.known.opened(state), weights }
      const inputs = await makeInputs()
      try {
        return await this.known.withOriginal(state, signal, async (original) => ({
          original: await answerTo(await original(), inputs, this.tools, signal),
          compressed: await answerTo(compressed, inputs, this.tools, signal),
        }))
      } finally {
        tf.dispose(inputs)
      }
    })
  }
}
