/** Experiments run through the engine, as the page does: same loop, same encoder, same measurements. */
import { createEngine } from '../../src/engine/engine.ts'
import { drain } from '../../src/protocol/drain.ts'
import type { MeasureEvent } from '../../src/protocol/measure-messages.ts'
import type { TrainResult } from '../../src/protocol/training-messages.ts'
import type { SizeReport } from '../../src/protocol/recipe-messages.ts'
import type { SensitivityTable } from '../../src/search/sensitivity.ts'
import type { ChannelTarget } from '../../src/structure/choose-channels.ts'
import { defaultRecipe } from '../../src/techniques/recipe.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import { defaultTrainingSettings } from '../../src/training/training-settings.ts'
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import { openedBytes } from '../../src/studio/store/zip-bytes.ts'
import { nodeEnvironment } from '../../src/engine/host/node-environment.ts'
import { sampleFiles } from '../../testing/models/sample-files.ts'

export type SampleId = 'lenet-300-100' | 'lenet-5' | 'fashion-cnn' | 'vgg-small' | 'digit-teacher'
type DatasetId = 'mnist' | 'fashion-mnist'

/** What one setting gives. */
export interface Outcome {
  readonly recipe: Recipe
  /** Bytes of the zip with the stock file. */
  readonly zippedBytes: number
  /** Of the compressible weights. */
  readonly sparsity: number
  /** Multiply-accumulates of one sample. */
  readonly macs: number
  /** Of the test split, of the weights that the exported file holds. */
  readonly testAccuracy: number
  readonly validationAccuracy: number
  /** Non-zero kernels and all biases, of all kernels and biases. */
  readonly weightsKept: number
  readonly epoch: number
  /** Right answers for each class of the test split, as shares. */
  readonly classes: readonly number[]
  /** On the validation split, after each epoch. */
  readonly curve: readonly number[]
}

/** An engine on WebAssembly with a built-in model and its data. */
export class Laboratory {
  private readonly engine = createEngine(nodeEnvironment())
  private readonly name: string
  private readonly datasetId: string
  private parameters = 0
  private macs = NaN
  private opened = NaN

  private constructor(name: string, datasetId: string) {
    this.name = name
    this.datasetId = datasetId
  }

  static open(sample: SampleId): Promise<Laboratory> {
    return Laboratory.with(sample, sampleFiles(sample), datasetOf(sample))
  }

  /** A model of one's own on built-in data. */
  static async with(
    name: string,
    files: readonly File[],
    datasetId: DatasetId,
  ): Promise<Laboratory> {
    const laboratory = new Laboratory(name, datasetId)
    await laboratory.engine.start({ forced: 'wasm', exclude: [] })
    await laboratory.replace(files)
    return laboratory
  }

  /** Opens another model on the same data. */
  async replace(files: readonly File[]): Promise<void> {
    const { original, totals } = await drain(this.engine.model.open({ files }))
    this.opened = openedBytes(original)
    this.parameters = totals.parameters
    this.macs = totals.macs ?? NaN
    await this.attach()
  }

  /** Zipped bytes of the model as it was opened, which the page compares with. */
  get openedBytes(): number {
    return this.opened
  }

  /** Attaches the built-in data again, in place of others. */
  async attach(): Promise<void> {
    await drain(this.engine.data.attach({ datasetId: this.datasetId, settings: null }))
  }

  /** Attaches data of one's own. */
  async attachFiles(files: readonly File[]): Promise<void> {
    await drain(this.engine.data.open({ files, choices: {}, settings: null }))
  }

  /** @returns what names the teacher in settings of distillation */
  async learnFrom(files: readonly File[]): Promise<string> {
    return (await drain(this.engine.teacher.open({ files }))).id
  }

  /**
   * Puts a smaller model in the place of the open one, which becomes its teacher.
   * @returns the share of the multiply-accumulates that is left, and the model's files
   */
  async shrink(
    target: ChannelTarget,
    whole: readonly File[],
    start: 'kept' | 'fresh' = 'kept',
  ): Promise<Shrunk> {
    const { files, plan } = await drain(
      this.engine.structure.cut({ recipe: defaultRecipe, target, blocks: [], start }),
    )
    const smaller = files.map(({ path, blob }) => new File([blob], path))
    await this.replace(smaller)
    return {
      macsKept: (plan.macs ?? NaN) / (plan.whole.macs ?? NaN),
      files: smaller,
      teacher: await this.learnFrom(whole),
    }
  }

  /** What the model of a recipe says to every sample of a split, row by row. */
  async outputs(
    recipe: Recipe,
    split: 'validation' | 'test',
  ): Promise<{ values: Float32Array; classes: number }> {
    const asked = { recipe, split, first: Number.MAX_SAFE_INTEGER }
    const { values, classes } = await drain(this.engine.measure.outputs(asked))
    return { values: new Float32Array(await values.arrayBuffer()), classes }
  }

  /** Compresses without training. */
  compress(recipe: Recipe): Promise<Outcome> {
    return this.outcome(recipe, 0, [])
  }

  /** Bytes without report and card, and what the original has more on the validation split. */
  async tried(recipe: Recipe): Promise<{ bytes: number; loss: number }> {
    const { size, measure } = await this.engine.recipe.try({ recipe })
    if (measure?.type !== 'accuracy') throw new Error('Nothing was measured.')
    return {
      bytes: size.zipped - size.reportBytes,
      loss: (measure.originalCorrect - measure.correct) / measure.measured,
    }
  }

  /** What the layers bear. */
  sensitivity(): Promise<SensitivityTable> {
    return drain(this.engine.sensitivity.table({ recipe: defaultRecipe }))
  }

  /** The download, with what was measured on it. */
  async download(recipe: Recipe): Promise<{ zip: Blob; testAccuracy: number }> {
    const target = { container: 'tfjs', precision: 'exact' } as const
    const { test, zip } = await drain(this.engine.recipe.export({ recipe, target }))
    if (test === null) throw new Error('Nothing was measured.')
    return { zip, testAccuracy: accuracyOf(test) }
  }

  /** Exact sizes of a recipe's download; measures nothing. */
  async sizes(recipe: Recipe): Promise<SizeReport> {
    const abort = new AbortController()
    const request = { recipe, focus: [], mode: 'settled' } as const
    const events = this.engine.recipe.preview(request, abort.signal)
    for await (const event of events)
      if (event.type === 'size') {
        abort.abort()
        return event.sizes
      }
    throw new Error('No size was found.')
  }

  /**
   * Trains, and reads the test split once, on the epoch that the validation split has chosen.
   * @param before what is to be done before that, such as attaching other data
   */
  async train(
    recipe: Recipe,
    settings: TrainingSettings,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Outcome> {
    const curve: number[] = []
    const result = await this.run(recipe, settings, curve)
    await before()
    return this.outcome(result.recipe, result.epoch, curve)
  }

  /** @returns the settings with the weights of the best epoch */
  async trained(recipe: Recipe, settings: TrainingSettings): Promise<Recipe> {
    return (await this.run(recipe, settings, [])).recipe
  }

  close(): Promise<void> {
    return this.engine.model.close()
  }

  private async run(
    recipe: Recipe,
    settings: TrainingSettings,
    curve: number[],
  ): Promise<TrainResult> {
    const run = this.engine.train.start({ recipe, settings, resume: null, largestPiece: null })
    const result = await drain(run, (event) => {
      if (event.type !== 'validation') return
      curve.push(accuracyOf(event.measure))
      console.log(
        `  ${this.name}, seed ${settings.seed}, epoch ${event.epoch} of ${settings.epochs}: ` +
          `validation ${accuracyOf(event.measure)}, sparsity ${event.sparsity.toFixed(4)}`,
      )
    })
    await this.engine.model.addTrained(result.trained)
    return result
  }

  private async outcome(recipe: Recipe, epoch: number, curve: readonly number[]): Promise<Outcome> {
    let [zeros, sparsity] = [0, 0]
    await drain(this.engine.recipe.preview({ recipe, focus: [], mode: 'dragging' }), (event) => {
      if (event.type !== 'weights') return
      zeros = event.layers.reduce((sum, layer) => sum + layer.zeros, 0)
      ;({ sparsity } = event)
    })
    const { test, validation, zippedBytes } = await drain(
      this.engine.recipe.export({ recipe, target: { container: 'tfjs', precision: 'exact' } }),
    )
    if (test === null || validation === null) throw new Error('Nothing was measured.')
    const outcome = {
      recipe,
      zippedBytes,
      sparsity,
      macs: this.macs,
      testAccuracy: accuracyOf(test),
      validationAccuracy: accuracyOf(validation),
      weightsKept: (this.parameters - zeros) / this.parameters,
      epoch,
      classes: classShares(test),
      curve,
    }
    const { testAccuracy, validationAccuracy, weightsKept } = outcome
    console.log(
      `  ${this.name}: test ${testAccuracy}, validation ${validationAccuracy}, ` +
        `kept ${weightsKept.toFixed(4)}, ${zippedBytes} bytes`,
    )
    return outcome
  }
}

export interface Shrunk {
  readonly macsKept: number
  readonly files: readonly File[]
  /** Names the whole model in settings of distillation. */
  readonly teacher: string
}

export function datasetOf(sample: SampleId): DatasetId {
  return sample === 'fashion-cnn' || sample === 'vgg-small' ? 'fashion-mnist' : 'mnist'
}

export function settingsWith(changes: Partial<TrainingSettings>): TrainingSettings {
  return { ...defaultTrainingSettings, ...changes }
}

/** Mean and extremes. */
export function summary(values: readonly number[]): {
  mean: number
  range: [number, number]
} {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, range: [Math.min(...values), Math.max(...values)] }
}

function accuracyOf(measure: MeasureEvent): number {
  return measure.type === 'accuracy' ? measure.correct / measure.measured : NaN
}

function classShares(measure: MeasureEvent): number[] {
  const confusion = measure.type === 'accuracy' ? measure.confusion : null
  if (confusion === null) return []
  const classes = Math.sqrt(confusion.length)
  return Array.from({ length: classes }, (_, label) => {
    const row = confusion.slice(label * classes, (label + 1) * classes)
    return (row[label] ?? 0) / row.reduce((sum, count) => sum + count, 0)
  })
}
