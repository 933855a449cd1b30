/**
 * Bytes of the downloads that lose less than 0.1 points of accuracy, with report and card and without. What the same
 * settings took in November 2026, when the whole zip was deflated by one strategy, stands beside them.
 * Run: `npm run experiment:zips`. A minute.
 */
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { Laboratory } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const all = { biases: 8, normalization: 8 } as const

const subjects: readonly (readonly [
  sample: SampleId,
  setting: string,
  quantize: NonNullable<Parameters<typeof recipeWith>[0]['quantize']>,
  before: number,
])[] = [
  ['lenet-300-100', '4 bits', { bits: 4 }, 100_976],
  ['lenet-5', '4 bits', { bits: 4 }, 157_342],
  ['fashion-cnn', '7 bits, biases and normalization 8', { bits: 7, ...all }, 66_514],
  ['fashion-cnn', '8 bits', { bits: 8 }, 86_846],
  ['vgg-small', '7 bits', { bits: 7 }, 118_359],
]

const started = Date.now()
const metrics: Record<string, number> = {}
for (const [sample, setting, quantize, before] of subjects) {
  const laboratory = await Laboratory.open(sample)
  const { zipped, reportBytes } = await laboratory.sizes(recipeWith({ quantize }))
  await laboratory.close()
  const row = `${sample}, ${setting}`
  metrics[`${row}|before`] = before
  metrics[`${row}|with report`] = zipped
  metrics[`${row}|without`] = zipped - reportBytes
  console.log(row, before, zipped, zipped - reportBytes)
}
recordExperiments([
  {
    name: 'zips',
    metrics,
    intervals: {},
    seeds: [],
    minutes: (Date.now() - started) / 60_000,
    backend: 'wasm',
  },
])
