/**
 * Removing filters keeps accuracy: LeNet-5 at 30 % of its multiply-accumulates, recovered with the whole model as
 * its teacher, beside the whole model fine-tuned for as many epochs.
 * Run: `npm run experiment:structured`. About ten minutes on two cores.
 */
import { memoryFile } from '../../src/files/file-bundle.ts'
import { openModel } from '../../src/formats/importers.ts'
import type { OpenedModel } from '../../src/formats/format.ts'
import { defaultDistillation } from '../../src/training/training-settings.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { forwardTimes } from './cut-sample.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import { sampleFiles } from '../../testing/models/sample-files.ts'
import { recordExperiments } from './record.ts'

const SEEDS = [1, 2, 3]
const started = Date.now()
const common = { epochs: 5, learningRate: 1e-3, shift: 2 }

const whole = await Laboratory.open('lenet-5')
const floatAccuracies: number[] = []
for (const seed of SEEDS)
  floatAccuracies.push(
    (await whole.train(recipeWith({}), settingsWith({ ...common, seed }))).testAccuracy,
  )
const { macsKept, files, teacher } = await whole.shrink(
  { criterion: 'l2', of: 'macs', share: 0.7, scope: 'perLayer', protectFirst: false, seed: 1 },
  sampleFiles('lenet-5'),
)
const accuracies: number[] = []
for (const seed of SEEDS) {
  const settings = settingsWith({
    ...common,
    seed,
    distillation: { ...defaultDistillation, teacher },
  })
  accuracies.push((await whole.train(recipeWith({}), settings)).testAccuracy)
}
const [wholeMs = NaN, cutMs = NaN] = await forwardTimes(
  [await opened(sampleFiles('lenet-5')), await opened(files)],
  [32, 28, 28, 1],
  25,
)
await whole.close()
const drops = accuracies.map((accuracy) => summary(floatAccuracies).mean - accuracy)
recordExperiments([
  {
    name: 'structured/lenet-5',
    metrics: {
      macsKept,
      floatAccuracy: summary(floatAccuracies).mean,
      accuracy: summary(accuracies).mean,
      accuracyDrop: summary(drops).mean,
      speedup: wholeMs / cutMs,
    },
    intervals: {
      floatAccuracy: summary(floatAccuracies).range,
      accuracy: summary(accuracies).range,
      accuracyDrop: summary(drops).range,
    },
    seeds: SEEDS,
    minutes: (Date.now() - started) / 60_000,
    backend: 'wasm',
  },
])

async function opened(parts: readonly File[]): Promise<OpenedModel> {
  const bundle = await Promise.all(
    parts.map(async (file) => memoryFile(file.name, new Uint8Array(await file.arrayBuffer()))),
  )
  return openModel(bundle, () => Promise.resolve())
}
