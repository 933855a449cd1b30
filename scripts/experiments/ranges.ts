/**
 * What the choice of a range and the correction of biases are worth without training: the four samples
 * at 2 to 6 and 8 bits, per tensor and per channel, with ranges to the extremes, with ranges of the
 * least squared error, and with biases corrected besides. Each p is McNemar's, exact, against the extremes
 * at the same bits and scales.
 * Run: `npm run experiment:ranges`. About an hour and a half on two cores; `-- lenet-5` measures one sample.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { mcNemarTest } from '../../src/core/proportions.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import { datasetOf, Laboratory } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const BITS = [2, 3, 4, 5, 6, 8]
const GRANULARITIES = ['perTensor', 'perChannel'] as const
const SPLITS = ['validation', 'test'] as const
const METHODS = ['min-max', 'MSE', 'MSE + bias correction'] as const

type Split = (typeof SPLITS)[number]
/** Right or wrong, sample by sample. */
type Answers = readonly boolean[]

const scalesOf = { perTensor: 'per tensor', perChannel: 'per channel' } as const

const SAMPLES = ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small'] as const
const wanted = process.argv[2]
for (const sample of SAMPLES) if (wanted === undefined || wanted === sample) await ranges(sample)

async function ranges(sample: SampleId): Promise<void> {
  const started = Date.now()
  const laboratory = await Laboratory.open(sample)
  const answersTo = async (recipe: Recipe): Promise<Record<Split, Answers>> => ({
    validation: await answers(laboratory, sample, recipe, 'validation'),
    test: await answers(laboratory, sample, recipe, 'test'),
  })
  const metrics: Record<string, number> = {}
  const float = await answersTo(recipeWith({}))
  for (const split of SPLITS) metrics[`float|${split}`] = shareOf(float[split])
  for (const granularity of GRANULARITIES)
    for (const bits of BITS) {
      const coarse = recipeWith({ quantize: { bits, granularity, range: 'minMax' } })
      const extremes = await answersTo(coarse)
      for (const method of METHODS) {
        const found =
          method === 'min-max'
            ? extremes
            : await answersTo(
                recipeWith({
                  quantize: { bits, granularity, range: 'mse' },
                  ...(method === 'MSE' ? {} : { 'bias-correction': {} }),
                }),
              )
        const row = `${bits} bits ${scalesOf[granularity]}, ${method}`
        for (const split of SPLITS) {
          metrics[`${row}|${split}`] = shareOf(found[split])
          if (method !== 'min-max')
            metrics[`${row}|p of ${split}`] = pairedTest(extremes[split], found[split])
        }
        console.log(`  ${sample}: ${row}: test ${shareOf(found.test)}`)
      }
    }
  await laboratory.close()
  recordExperiments([
    {
      name: `ranges/${sample}`,
      metrics,
      intervals: {},
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

async function answers(
  laboratory: Laboratory,
  sample: SampleId,
  recipe: Recipe,
  split: Split,
): Promise<Answers> {
  const labels = gunzipSync(
    readFileSync(
      new URL(`../../public/datasets/${datasetOf(sample)}/${split}-labels.bin`, import.meta.url),
    ),
  )
  const { values, classes } = await laboratory.outputs(recipe, split)
  return Array.from(labels, (label, sample) => {
    const row = values.subarray(sample * classes, (sample + 1) * classes)
    return row.indexOf(Math.max(...row)) === label
  })
}

function shareOf(right: Answers): number {
  return right.filter(Boolean).length / right.length
}

function pairedTest(before: Answers, after: Answers): number {
  const only = (one: Answers, other: Answers): number =>
    one.filter((right, sample) => right && other[sample] !== true).length
  return mcNemarTest(only(before, after), only(after, before))
}
