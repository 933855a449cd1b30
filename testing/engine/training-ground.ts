/** Whole trainings on a small network, for tests. */
import * as tf from '@tensorflow/tfjs'
import type { ModelSummary } from '../../src/core/model-summary'
import type { Engine } from '../../src/engine/engine'
import { defaultRecipe } from '../../src/techniques/recipe'
import { defaultTrainingSettings } from '../../src/training/training-settings'
import type { TrainingSettings } from '../../src/training/training-settings'
import type { DataSummary } from '../../src/protocol/data-messages'
import type { TrainEvent, TrainRequest, TrainResult } from '../../src/protocol/training-messages'
import { drained, file } from './drive-engine'
import { barModel, barPictures } from '../models/bar-model'
import { recipeWith } from '../studio/recipe-with'
import { savedFiles } from '../models/stock-model'

/** Opens a model as if somebody had dropped it. */
export async function openBuilt(engine: Engine, model: tf.LayersModel): Promise<ModelSummary> {
  const bundle = await savedFiles(tf, model)
  model.dispose()
  const files = await Promise.all(
    bundle.map(async (part) => file(part.path, await part.read(0, part.size))),
  )
  return (await drained(engine.model.open({ files }))).result
}

/** Attaches `count` pictures of bars. */
export async function attachBars(engine: Engine, count = 400): Promise<DataSummary> {
  const files = [barPictures(count, 5)]
  return (await drained(engine.data.open({ files, choices: {}, settings: null }))).result
}

/** Opens the bar model with `count` pictures. */
export async function openBars(engine: Engine, count = 400): Promise<void> {
  await openBuilt(engine, barModel())
  await attachBars(engine, count)
}

/** Attaches pictures of bars of which nobody says what they are. */
export async function attachUnlabelled(engine: Engine): Promise<void> {
  const { settings } = await attachBars(engine)
  await engine.data.configure({ ...settings, task: 'unlabelled' })
}

type Changes = Omit<Partial<TrainingSettings>, 'batchNorm' | 'pruning' | 'quantization'> & {
  readonly [Part in 'batchNorm' | 'pruning' | 'quantization']?: Partial<TrainingSettings[Part]>
}

/** Short runs on small batches. */
export function settingsWith(changes: Changes = {}): TrainingSettings {
  const { batchNorm, pruning, quantization, ...rest } = changes
  const defaults = defaultTrainingSettings
  return {
    ...defaults,
    batchSize: 32,
    learningRate: 0.01,
    ...rest,
    batchNorm: { ...defaults.batchNorm, ...batchNorm },
    pruning: { ...defaults.pruning, ...pruning },
    quantization: { ...defaults.quantization, ...quantization },
  }
}

export async function floats(blob: Blob): Promise<Float32Array> {
  return new Float32Array(await blob.arrayBuffer())
}

/** The weights of a result, as bits. */
export const bitsOf = async ({ trained }: TrainResult): Promise<Uint32Array> =>
  new Uint32Array(await trained.weights.arrayBuffer())

export const ofType = <Type extends TrainEvent['type']>(
  events: readonly TrainEvent[],
  type: Type,
) => events.filter((event): event is Extract<TrainEvent, { type: Type }> => event.type === type)

export function accuracyOf(result: Pick<TrainResult, 'measure'>): number {
  const { measure } = result
  return measure.type === 'accuracy' ? measure.correct / measure.measured : NaN
}

/** Every part of the loop at once. */
export const everything = {
  recipe: recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4, granularity: 'perChannel' } }),
  settings: settingsWith({
    epochs: 4,
    optimizer: 'adamw',
    labelSmoothing: 0.05,
    flip: true,
    clipNorm: 5,
    pruning: { schedule: 'polynomial', end: 0.7 },
  }),
} as const

/** A training call on an engine, with defaults for what a test leaves out. */
export function trainer(holder: { readonly current: Engine }) {
  return (request: Partial<TrainRequest> = {}) =>
    drained(
      holder.current.train.start({
        recipe: defaultRecipe,
        settings: settingsWith(),
        resume: null,
        largestPiece: null,
        ...request,
      }),
    )
}
