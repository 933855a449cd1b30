/**
 * Trains one built-in model on the WASM backend and writes `public/models/<id>/` and its entry in
 * `public/models/samples.json`. Needs the files of fetch-data.ts and `npm run build:kernels`.
 * Run: `npx tsx scripts/samples/train.ts lenet-300-100|lenet-5|fashion-cnn|vgg-small|digit-teacher`
 */
import * as tf from '@tensorflow/tfjs'
import { float16Table, numberToFloat16 } from '../../src/core/float16'
import { createRandom } from '../../src/core/random'
import { TrainableProgram } from '../../src/engine/training/network/trainable-program'
import { TrainingOptimizer } from '../../src/engine/training/optimizer'
import { openModel } from '../../src/formats/importers'
import { readKernelModule, startWasmBackend } from '../../src/engine/host/wasm-in-node'
import { installTrainingKernels } from '../../testing/engine/install-training-kernels'
import { plainAdam, takeStep } from '../../testing/engine/take-step'
import { savedFiles } from '../../testing/models/stock-model'
import { imageBytes } from './idx-files'
import type { LabelledImages } from './idx-files'
import { sampleRecipes } from './models'
import type { SampleRecipe } from './models'
import { splitDataset, splitNamed } from './splits'
import { epochOfBatches } from './training-batches'
import { writeSample } from './write-sample'

const EVALUATION_BATCH = 500

const recipe = sampleRecipes.find(({ id }) => id === process.argv[2])
if (recipe === undefined) {
  console.error(`Which one? ${sampleRecipes.map(({ id }) => id).join(', ')}`)
  process.exit(1)
}

await startWasmBackend()
const splits = splitDataset(recipe.datasetId)
const validation = splitNamed(splits, 'validation')
const test = splitNamed(splits, 'test')
const model = recipe.build(recipe.seed)
await train(model, recipe, splitNamed(splits, 'train'), validation)

if (recipe.stored === 'float16') roundToFloat16(model)

// The last epoch is the one that is kept: nothing is chosen, so validation stays honest, and the test
// split is looked at once. Measured with the stock kernels, as everybody will run it.
const validationCorrect = countCorrect(model, validation)
const testCorrect = countCorrect(model, test)
console.log(
  `validation ${validationCorrect} of ${validation.count}, test ${testCorrect} of ${test.count}`,
)
writeSample(model, recipe, {
  validationCorrect,
  validationCount: validation.count,
  testCorrect,
  testCount: test.count,
})

async function train(
  model: tf.LayersModel,
  recipe: SampleRecipe,
  images: LabelledImages,
  validation: LabelledImages,
): Promise<void> {
  const kernels = await installTrainingKernels(readKernelModule())
  if (kernels.host === undefined) throw new Error(`No SIMD kernels: ${kernels.reason ?? ''}`)
  const { graph, weights } = await openModel(await savedFiles(tf, model), () => Promise.resolve())
  const program = new TrainableProgram({ graph, weights })
  const optimizer = new TrainingOptimizer(plainAdam, kernels.host)
  const random = createRandom(recipe.seed)
  const stepsPerEpoch = Math.floor(images.count / recipe.batchSize)
  let step = 0
  for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
    const started = performance.now()
    let lossSum = 0
    for (const batch of epochOfBatches(images, recipe.batchSize, recipe, random)) {
      const seed = recipe.seed + 1000 * step
      const learningRate = learningRateAt(step++ / stepsPerEpoch, recipe)
      const x = tf.tensor4d(batch.pixels, [batch.size, 28, 28, 1])
      const y = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), 10)
      const loss = takeStep(program, optimizer, {
        ...{ inputs: [x], learningRate, seed },
        cost: (scores) => tf.losses.softmaxCrossEntropy(y, scores).asScalar(),
      })
      lossSum += loss.dataSync<'float32'>()[0] ?? NaN
      tf.dispose([loss, x, y])
    }
    await handBack(program, model)
    const correct = countCorrect(model, validation)
    const seconds = (performance.now() - started) / 1000
    console.log(
      `epoch ${epoch}/${recipe.epochs}: loss ${(lossSum / stepsPerEpoch).toFixed(4)}, ` +
        `validation ${correct} of ${validation.count}, ${seconds.toFixed(1)} s`,
    )
  }
  optimizer.dispose()
  program.dispose()
  kernels.uninstall()
}

/** The model holds what was learnt, by the names of its weights. */
async function handBack({ all }: TrainableProgram, model: tf.LayersModel): Promise<void> {
  const tensors: tf.Tensor[] = []
  for (const { originalName, shape } of model.weights) {
    const values = await all.get(originalName)?.data<'float32'>()
    tensors.push(tf.tensor(values ?? new Float32Array(), shape.map(Number)))
  }
  model.setWeights(tensors)
  tf.dispose(tensors)
}

/** Measured is what the file will hold. */
function roundToFloat16(model: tf.LayersModel): void {
  const halves = float16Table()
  model.setWeights(
    model.getWeights().map((weight) => {
      const values = weight.dataSync<'float32'>()
      return tf.tensor(
        values.map((value) => halves[numberToFloat16(value)] ?? NaN),
        weight.shape,
      )
    }),
  )
}

/** One epoch of linear warm-up, then half a cosine down to zero. */
function learningRateAt(epoch: number, { epochs, learningRate }: SampleRecipe): number {
  if (epoch < 1) return learningRate * epoch
  return (learningRate / 2) * (1 + Math.cos((Math.PI * (epoch - 1)) / (epochs - 1)))
}

function countCorrect(model: tf.LayersModel, images: LabelledImages): number {
  let correct = 0
  for (let start = 0; start < images.count; start += EVALUATION_BATCH) {
    const count = Math.min(EVALUATION_BATCH, images.count - start)
    const chosen = tf.tidy(() => {
      const bytes = images.pixels.subarray(start * imageBytes, (start + count) * imageBytes)
      const x = tf.tensor4d(
        Float32Array.from(bytes, (byte) => byte / 255),
        [count, 28, 28, 1],
      )
      return (model.predict(x, { batchSize: count }) as tf.Tensor).argMax(1)
    })
    chosen.dataSync<'int32'>().forEach((label, i) => {
      if (label === images.labels[start + i]) correct++
    })
    chosen.dispose()
  }
  return correct
}
