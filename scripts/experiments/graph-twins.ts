/**
 * A graph model trains as the layers do that it was made of: both samples without batch normalisation, pruned, rounded
 * to few bits and taught by what they were, once as layers and once as the graph that the converter makes of them.
 * On record is b98002b with its layers made to train by patched layers of TensorFlow.js, as all did before: two
 * implementations, one recipe. Since then both train by their graph.
 * Run: `npm run experiment:graph-twins [-- sample]`. About ten minutes on two cores.
 */
import * as tf from '@tensorflow/tfjs'
import { defaultDistillation } from '../../src/training/training-settings.ts'
import { graphTwin } from '../../testing/files/graph-twin.ts'
import { sampleBytes, sampleFiles } from '../../testing/models/sample-files.ts'
import { loadWithStock } from '../../testing/models/stock-model.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const SEEDS = [1, 2, 3]
const recipe = recipeWith({ prune: { value: 0.95 }, quantize: { bits: 3 } })

for (const [sample, epochs] of [
  ['lenet-300-100', 2],
  ['lenet-5', 1],
] as const)
  if (process.argv[2] === undefined || process.argv[2] === sample) await compare(sample, epochs)

async function compare(sample: SampleId, epochs: number): Promise<void> {
  const started = Date.now()
  const metrics: Record<string, number> = {}
  const intervals: Record<string, [number, number]> = {}
  const laboratory = await Laboratory.open(sample)
  for (const [arm, files] of [
    ['layers', sampleFiles(sample)],
    ['graph', await twinFiles(sample)],
  ] as const) {
    await laboratory.replace(files)
    const row = `${epochs} epochs: ${arm}`
    metrics[`${row}|beforeTraining`] = (await laboratory.compress(recipe)).testAccuracy
    const outcomes = []
    for (const seed of SEEDS) {
      const settings = { epochs, seed, shift: 0, distillation: defaultDistillation }
      outcomes.push(await laboratory.train(recipe, settingsWith(settings)))
    }
    for (const split of ['validationAccuracy', 'testAccuracy'] as const) {
      const { mean, range } = summary(outcomes.map((outcome) => outcome[split]))
      metrics[`${row}|${split}`] = mean
      intervals[`${row}|${split}`] = range
    }
  }
  await laboratory.close()
  recordExperiments([
    {
      name: `graph-twins/${sample}`,
      metrics,
      intervals,
      seeds: SEEDS,
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

/** The graph of a sample, as if it had been dropped. */
async function twinFiles(sample: string): Promise<File[]> {
  const model = await loadWithStock(
    tf,
    [...sampleBytes(sample)].map(([path, bytes]) => ({ path, bytes })),
  )
  const { json, shards } = graphTwin(model, 'fused')
  model.dispose()
  return [
    new File([JSON.stringify(json)], 'model.json'),
    ...[...shards].map(([name, bytes]) => new File([bytes.slice()], name)),
  ]
}
