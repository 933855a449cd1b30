/**
 * Quantization-aware training rescues low bits: LeNet-5 with all four kernels at 2 bits per channel beside
 * the float model fine-tuned for as many epochs, and the Fashion CNN at 4 bits per tensor.
 * Run: `npm run experiment:qat`. About half an hour on two cores.
 */
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const SEEDS = [1, 2, 3]

const wanted = process.argv[2]
if (wanted === undefined || wanted === 'lenet-5') await twoBits()
if (wanted === undefined || wanted === 'fashion-cnn') await fourBits()

async function twoBits(): Promise<void> {
  const started = Date.now()
  const laboratory = await Laboratory.open('lenet-5')
  const recipe = recipeWith({ quantize: { bits: 2, granularity: 'perChannel' } })
  const float: number[] = []
  const quantized: number[] = []
  for (const seed of SEEDS) {
    const settings = settingsWith({ seed, epochs: 5, shift: 1 })
    float.push((await laboratory.train(recipeWith({}), settings)).testAccuracy)
    quantized.push((await laboratory.train(recipe, settings)).testAccuracy)
  }
  await laboratory.close()
  recordExperiments([
    {
      name: 'qat/lenet-5-2bit',
      metrics: { floatAccuracy: summary(float).mean, accuracy: summary(quantized).mean },
      intervals: { floatAccuracy: summary(float).range, accuracy: summary(quantized).range },
      seeds: SEEDS,
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

async function fourBits(): Promise<void> {
  const started = Date.now()
  const laboratory = await Laboratory.open('fashion-cnn')
  const recipe = recipeWith({ quantize: { bits: 4, granularity: 'perTensor' } })
  const original = await laboratory.compress(recipeWith({}))
  const collapsed = await laboratory.compress(recipe)
  const recovered: number[] = []
  for (const seed of SEEDS) {
    const settings = settingsWith({ seed, epochs: 3, flip: true })
    recovered.push((await laboratory.train(recipe, settings)).testAccuracy)
  }
  await laboratory.close()
  const { mean, range } = summary(recovered)
  recordExperiments([
    {
      name: 'qat/fashion-cnn-4bit',
      metrics: {
        floatAccuracy: original.testAccuracy,
        perTensorAccuracy: collapsed.testAccuracy,
        recoveredAccuracy: mean,
      },
      intervals: { recoveredAccuracy: range },
      seeds: SEEDS,
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}
