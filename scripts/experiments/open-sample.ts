/** Experiments run through the engine, as the page does: same loop, same encoder, same measurements. */
import { readFileSync, readdirSync } from 'node:fs'
import { Engine } from '../../src/engine/engine.ts'
import type { Stream } from '../../src/engine/engine.ts'
import type { MeasureEvent } from '../../src/protocol/messages.ts'
import type { ChannelTarget } from '../../src/structure/choose-channels.ts'
import { defaultRecipe } from '../../src/techniques/recipe.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import { defaultTrainingSettings } from '../../src/training/training-settings.ts'
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import { nodeEnvironment } from '../testing/node-engine.ts'

export type SampleId = 'lenet-300-100' | 'lenet-5' | 'fashion-cnn'

/** What one setting gives. */
export interface Outcome {
  /** Of the test split, of the weights that the exported file holds. */
  readonly testAccuracy: number
  readonly validationAccuracy: number
  /** Non-zero kernels and all biases, of all kernels and biases. */
  readonly weightsKept: number
  readonly epoch: number
}

/** An engine on WebAssembly with a built-in model and its data. */
export class Laboratory {
  private readonly engine = new Engine(nodeEnvironment())
  private readonly sample: SampleId
  private parameters = 0

  private constructor(sample: SampleId) {
    this.sample = sample
  }

  static async open(sample: SampleId): Promise<Laboratory> {
    const laboratory = new Laboratory(sample)
    const { engine } = laboratory
    await engine.start({ forced: 'wasm', exclude: [] })
    const summary = await resultOf(engine.open(sampleFiles(sample)))
    laboratory.parameters = summary.totals.parameters
    await resultOf(engine.attach({ datasetId: datasetOf(sample), settings: null }))
    return laboratory
  }

  /**
   * Puts a smaller model in the place of the open one, which becomes its teacher.
   * @returns the share of the multiply-accumulates that is left, and the model's files
   */
  async shrink(target: ChannelTarget): Promise<Shrunk> {
    const { engine } = this
    const { files, plan } = await engine.cutModel({ recipe: defaultRecipe, target, start: 'kept' })
    const smaller = files.map(({ path, blob }) => new File([blob], path))
    this.parameters = (await resultOf(engine.open(smaller))).totals.parameters
    await resultOf(engine.attach({ datasetId: datasetOf(this.sample), settings: null }))
    const teacher = await resultOf(engine.openTeacher(sampleFiles(this.sample)))
    return {
      macsKept: (plan.macs ?? NaN) / (plan.whole.macs ?? NaN),
      files: smaller,
      teacher: teacher.id,
    }
  }

  /** Compresses without training. */
  compress(recipe: Recipe): Promise<Outcome> {
    return this.outcome(recipe, 0)
  }

  /** Trains, and reads the test split once, on the epoch that the validation split has chosen. */
  async train(recipe: Recipe, settings: TrainingSettings): Promise<Outcome> {
    const run = this.engine.train({ recipe, settings, resume: null })
    const result = await resultOf(run, (event) => {
      if (event.type === 'validation')
        console.log(
          `  ${this.sample}, seed ${settings.seed}, epoch ${event.epoch} of ${settings.epochs}: ` +
            `validation ${accuracyOf(event.measure)}, sparsity ${event.sparsity.toFixed(4)}`,
        )
    })
    await this.engine.addTrained(result.trained)
    return this.outcome(result.recipe, result.epoch)
  }

  close(): Promise<void> {
    return this.engine.close()
  }

  private async outcome(recipe: Recipe, epoch: number): Promise<Outcome> {
    let zeros = 0
    await resultOf(this.engine.preview({ recipe, focusLayer: null, mode: 'dragging' }), (event) => {
      if (event.type !== 'weights') return
      zeros = event.layers.reduce((sum, layer) => sum + layer.zeros, 0)
    })
    const { test, validation } = await resultOf(this.engine.export({ recipe, format: 'exact' }))
    if (test === null || validation === null) throw new Error('Nothing was measured.')
    const outcome = {
      testAccuracy: accuracyOf(test),
      validationAccuracy: accuracyOf(validation),
      weightsKept: (this.parameters - zeros) / this.parameters,
      epoch,
    }
    console.log(`  ${this.sample}: ${JSON.stringify(outcome)}`)
    return outcome
  }
}

export interface Shrunk {
  readonly macsKept: number
  readonly files: readonly File[]
  /** Names the whole model in settings of distillation. */
  readonly teacher: string
}

export function sampleFiles(sample: SampleId): File[] {
  const folder = new URL(`../../public/models/${sample}/`, import.meta.url)
  return readdirSync(folder).map((name) => new File([readFileSync(new URL(name, folder))], name))
}

function datasetOf(sample: SampleId): string {
  return sample === 'fashion-cnn' ? 'fashion-mnist' : 'mnist'
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

async function resultOf<Event, Result>(
  stream: Stream<Event, Result>,
  onEvent: (event: Event) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const next = await stream.next()
    if (next.done === true) return next.value
    onEvent(next.value)
  }
}
