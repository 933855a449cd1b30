/**
 * Pruning in training keeps accuracy: twelve times fewer weights (kernels and biases counted) beside the
 * float model fine-tuned for as many epochs, and a curve of sparsity against accuracy for one-shot,
 * iterative and polynomial pruning and the random control.
 * Run: `npm run experiment:prune`. About three hours on two cores; the curve goes on where it was broken off.
 */
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { runOnce } from './kept-runs.ts'
import type { KeptRun } from './kept-runs.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const SEEDS = [1, 2, 3]
/** A little more than twelve times, so that rounding does not fall short of it. */
const FEWER = 12.05
const CURVE = [0.8, 0.9, 0.95, 0.98]
const CURVES = [
  ['oneShot', 'magnitude', 'oneShot'],
  ['iterative', 'magnitude', 'iterative'],
  ['polynomial', 'magnitude', 'polynomial'],
  ['random', 'random', 'oneShot'],
] as const

interface Subject {
  readonly sample: SampleId
  readonly kernels: number
  readonly biases: number
  readonly epochs: number
  readonly learningRate: number
  readonly shift: number
  /** When the target sparsity is reached, as a share of the run. */
  readonly end: number
  readonly optimizer: TrainingSettings['optimizer']
}

const subjects: readonly Subject[] = [
  {
    sample: 'lenet-300-100',
    kernels: 266_200,
    biases: 410,
    epochs: 60,
    learningRate: 3e-3,
    shift: 1,
    end: 0.7,
    optimizer: 'adamw',
  },
  {
    sample: 'lenet-5',
    kernels: 430_500,
    biases: 580,
    epochs: 8,
    learningRate: 1e-3,
    shift: 2,
    end: 0.4,
    optimizer: 'adam',
  },
]

const wanted = process.argv[2]
for (const subject of subjects)
  if (wanted === undefined || wanted === subject.sample) await twelveTimes(subject)
if (wanted === undefined || wanted === 'curve') await curve()

async function twelveTimes(subject: Subject): Promise<void> {
  const { sample, kernels, biases, epochs, learningRate, shift, end, optimizer } = subject
  const started = Date.now()
  const laboratory = await Laboratory.open(sample)
  const value = 1 - ((kernels + biases) / FEWER - biases) / kernels
  const recipe = recipeWith({ prune: { value, target: 'sparsity', scope: 'global' } })
  const errors: number[] = []
  const floatErrors: number[] = []
  const kept: number[] = []
  for (const seed of SEEDS) {
    const settings = settingsWith({
      seed,
      epochs,
      learningRate,
      shift,
      optimizer,
      // Of AdamW: weights that the loss does not need are small when they are chosen for removal.
      weightDecay: 0.05,
      pruning: { schedule: 'polynomial', end, rounds: 4, regrowth: false },
    })
    floatErrors.push(1 - (await laboratory.train(recipeWith({}), settings)).testAccuracy)
    const pruned = await laboratory.train(recipe, settings)
    errors.push(1 - pruned.testAccuracy)
    kept.push(pruned.weightsKept)
  }
  await laboratory.close()
  recordExperiments([
    {
      name: `prune/${sample}`,
      metrics: {
        weightsKept: Math.max(...kept),
        testError: summary(errors).mean,
        floatTestError: summary(floatErrors).mean,
      },
      intervals: { testError: summary(errors).range, floatTestError: summary(floatErrors).range },
      seeds: SEEDS,
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

/** Test accuracy of LeNet-300-100 after five epochs; each run is kept, and those that are missing are made. */
async function curve(): Promise<void> {
  const experiment = 'prune/curve-lenet-300-100'
  const laboratory = await Laboratory.open('lenet-300-100')
  const metrics: Record<string, number> = {}
  const intervals: Record<string, [number, number]> = {}
  const found = new Map<string, KeptRun[]>()
  for (const seed of SEEDS)
    for (const value of CURVE.toReversed())
      for (const [name, method, schedule] of CURVES) {
        const setting = `${name}At${Math.round(100 * value)}`
        const settings = settingsWith({
          seed,
          epochs: 5,
          learningRate: 2e-3,
          pruning: { schedule, end: 0.6, rounds: 4, regrowth: false },
        })
        const recipe = recipeWith({ prune: { value, method } })
        const run = await runOnce({ experiment, setting, seed }, () =>
          laboratory.train(recipe, settings),
        )
        found.set(setting, [...(found.get(setting) ?? []), run])
      }
  await laboratory.close()
  for (const value of CURVE)
    for (const [name] of CURVES) {
      const setting = `${name}At${Math.round(100 * value)}`
      const { mean, range } = summary(
        (found.get(setting) ?? []).map(({ testAccuracy }) => testAccuracy),
      )
      metrics[setting] = mean
      intervals[setting] = range
    }
  recordExperiments([
    {
      name: experiment,
      metrics,
      intervals,
      seeds: SEEDS,
      minutes: [...found.values()].flat().reduce((sum, { minutes }) => sum + minutes, 0),
      backend: 'wasm',
    },
  ])
}
