/** Measures the built-in samples on all validation and test images, and writes it down with the date. */
import { writeFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { startWasmBackend } from '../../src/engine/host/wasm-in-node'
import {
  FEW,
  MEASURED,
  countCorrect,
  inputsOf,
  readSample,
  samples,
} from '../../testing/models/sample-models'
import type { SampleMeasure } from '../../testing/models/sample-models'

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
