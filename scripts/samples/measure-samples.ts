/**
 * Measures the built-in samples on all validation and test images, and writes it down with the date; and what the
 * first screen says comes out of one of them.
 */
import { writeFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { startWasmBackend } from '../../src/engine/host/wasm-in-node'
import { tourRecipe } from '../../src/studio/store/tour-steps'
import { defaultRecipe } from '../../src/techniques/recipe'
import {
  FEW,
  MEASURED,
  countCorrect,
  inputsOf,
  readSample,
  samples,
} from '../../testing/models/sample-models'
import type { SampleMeasure } from '../../testing/models/sample-models'
import { SHOWN } from '../../testing/models/shown-result'
import type { ShownResult } from '../../testing/models/shown-result'
import { Laboratory } from '../experiments/laboratory'

await startWasmBackend()
const measures: SampleMeasure[] = []
for (const sample of samples) {
  const model = await tf.loadLayersModel(tf.io.fromMemory(readSample(sample)))
  const measure: SampleMeasure = {
    id: sample.id,
    inputs: inputsOf(sample),
    test: countCorrect(model, sample.datasetId, 'test'),
    validation: countCorrect(model, sample.datasetId, 'validation'),
    few: countCorrect(model, sample.datasetId, 'test', FEW),
  }
  model.dispose()
  const { test, validation } = measure
  console.log(
    `${sample.id}: test ${test.correct} of ${test.images}, validation ${validation.correct} of ${validation.images}`,
  )
  measures.push(measure)
}
const date = new Date().toISOString().slice(0, 10)
writeFileSync(MEASURED, `${JSON.stringify({ date, samples: measures }, null, 2)}\n`)

const shown = samples.find(({ id }) => id === 'lenet-5')
const measure = measures.find(({ id }) => id === 'lenet-5')
if (shown === undefined || measure === undefined) throw new Error('LeNet-5 is not there.')
const quantized = tourRecipe('quantize', defaultRecipe) ?? defaultRecipe
const recipe = tourRecipe('prune', quantized) ?? quantized
const laboratory = await Laboratory.open('lenet-5')
const { testAccuracy, zippedBytes } = await laboratory.compress(recipe)
const { correct, images } = measure.test
const result: ShownResult = {
  sample: 'LeNet-5',
  inputs: measure.inputs,
  images,
  before: { bytes: laboratory.openedBytes, correct },
  after: { bytes: zippedBytes, correct: Math.round(testAccuracy * images) },
  recipe,
}
await laboratory.close()
writeFileSync(SHOWN, `${JSON.stringify(result, null, 2)}\n`)
