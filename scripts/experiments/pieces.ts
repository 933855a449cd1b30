/**
 * What learning a batch in pieces does to accuracy: LeNet-5 and Fashion CNN (whose pieces have statistics of batch
 * normalisation of their own), fine-tuned after pruning and trained in few bits for three epochs, with the pieces that the
 * model is given by itself and with the whole batch, which is how runs of before learnt. Three seeds. Each run is kept as soon as it
 * is done, and the same command goes on with those that are missing.
 * Run: `npm run experiment:pieces`, or parts of it: `npm run experiment:pieces -- --sample lenet-5 --seed 1`.
 */
import { parseArgs } from 'node:util'
import type { Recipe } from '../../src/techniques/recipe.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { keptRuns, runOnce } from './kept-runs.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const EXPERIMENT = 'pieces'
const EPOCHS = 3
const SEEDS = [1, 2, 3]
const samples = ['lenet-5', 'fashion-cnn'] as const
const pieces = { 'whole batch': 1, 'in pieces': null } as const

const recipes: Readonly<Record<string, Recipe>> = {
  '90 % pruned': recipeWith({ prune: { value: 0.9 } }),
  '3 bits per channel': recipeWith({ quantize: { bits: 3, granularity: 'perChannel' } }),
}

const { values: asked } = parseArgs({
  options: {
    sample: { type: 'string', multiple: true },
    seed: { type: 'string', multiple: true },
  },
})

for (const sample of samples.filter((one) => asked.sample?.includes(one) ?? true)) {
  const laboratory = await Laboratory.open(sample)
  for (const seed of SEEDS.filter((one) => asked.seed?.includes(String(one)) ?? true))
    for (const [what, recipe] of Object.entries(recipes))
      for (const [how, own] of Object.entries(pieces))
        await runOnce({ experiment: EXPERIMENT, setting: settingOf(sample, what, how), seed }, () =>
          laboratory.train(recipe, settingsWith({ epochs: EPOCHS, seed, pieces: own })),
        )
  await laboratory.close()
}
record()

function settingOf(sample: string, what: string, how: string): string {
  return `${sample}, ${what}, ${EPOCHS} epochs: ${how}`
}

function record(): void {
  const runs = keptRuns(EXPERIMENT)
  const metrics: Record<string, number> = {}
  const intervals: Record<string, [number, number]> = {}
  for (const sample of samples)
    for (const what of Object.keys(recipes))
      for (const how of Object.keys(pieces)) {
        const setting = settingOf(sample, what, how)
        const own = runs.filter((run) => run.setting === setting)
        if (own.length === 0) continue
        const { mean, range } = summary(own.map(({ testAccuracy }) => testAccuracy))
        metrics[`${setting}|test`] = mean
        metrics[`${setting}|seeds`] = own.length
        if (own.length > 1) intervals[`${setting}|test`] = range
      }
  recordExperiments([
    {
      ...{ name: EXPERIMENT, metrics, intervals, backend: 'wasm' },
      seeds: [...new Set(runs.map(({ seed }) => seed))].toSorted((a, b) => a - b),
      minutes: runs.reduce((sum, { minutes }) => sum + minutes, 0),
    },
  ])
}
