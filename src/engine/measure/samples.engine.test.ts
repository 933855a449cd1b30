import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  FEW,
  MEASURED,
  countCorrect,
  inputsOf,
  readSample,
  samples,
} from '../../../testing/models/sample-models'
import type { SampleMeasure } from '../../../testing/models/sample-models'
import { startWasmBackend } from '../host/wasm-in-node'
import { elementCount } from '../../core/tensor-spec'

/** What each sample must reach on the official test images, so that it is worth compressing. */
const floors: Readonly<Record<string, number>> = {
  'lenet-300-100': 0.982,
  'lenet-5': 0.991,
  'fashion-cnn': 0.91,
  'vgg-small': 0.9,
  // At most 90 errors.
  'digit-teacher': 0.991,
}

const { samples: measured } = JSON.parse(readFileSync(MEASURED, 'utf8')) as {
  samples: SampleMeasure[]
}

function measureOf(id: string): SampleMeasure {
  const found = measured.find((one) => one.id === id)
  if (found === undefined) throw new Error(`${id} was never measured: npm run check:samples`)
  return found
}

describe('the built-in samples', () => {
  beforeAll(startWasmBackend)

  it('are those that the first screen offers, and a teacher', () => {
    expect(samples.map(({ id }) => id)).toEqual(Object.keys(floors))
  })

  it.each(samples)('$id: files, hashes and parameters are as recorded', (sample) => {
    for (const { path, bytes, sha256 } of sample.files) {
      const content = readFileSync(`public/models/${sample.id}/${path}`)
      expect(content.length).toBe(bytes)
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
    }
    const specs = readSample(sample).weightSpecs ?? []
    const parameters = specs.reduce((sum, { shape }) => sum + elementCount(shape), 0)
    expect(parameters).toBe(sample.parameters)
  })

  it.each(samples)('$id: measured as it is now, with the accuracy that is recorded', (sample) => {
    const { inputs, test, validation } = measureOf(sample.id)
    expect(inputs, 'changed since: npm run check:samples').toBe(inputsOf(sample))
    const accuracy = test.correct / test.images
    // One image may fall the other way where another machine's compiler rounds differently.
    expect(Math.abs(accuracy - sample.testAccuracy)).toBeLessThanOrEqual(1e-4 + 1e-9)
    expect(accuracy).toBeGreaterThanOrEqual(floors[sample.id] ?? 1)
    const seen = validation.correct / validation.images
    expect(Math.abs(seen - sample.validationAccuracy)).toBeLessThanOrEqual(2e-4 + 1e-9)
  })

  it.each(samples)('$id answers in stock TensorFlow.js as it did then', async (sample) => {
    const model = await tf.loadLayersModel(tf.io.fromMemory(readSample(sample)))
    const { correct, images } = countCorrect(model, sample.datasetId, 'test', FEW)
    model.dispose()
    const { few } = measureOf(sample.id)
    expect(images).toBe(few.images)
    expect(Math.abs(correct - few.correct)).toBeLessThanOrEqual(1)
  })
})
