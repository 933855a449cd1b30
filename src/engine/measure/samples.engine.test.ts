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
import { SHOWN } from '../../../testing/models/shown-result'
import type { ShownResult } from '../../../testing/models/shown-result'
import { sampleFiles } from '../../../testing/models/sample-files'
import { drained } from '../../../testing/engine/drive-engine'
import { nodeEnvironment } from '../host/node-environment'
import { createEngine } from '../engine'
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

  it('are as much smaller with the settings of the tour as the first screen says', async () => {
    const shown = JSON.parse(readFileSync(SHOWN, 'utf8')) as ShownResult
    const { inputs, test } = measureOf('lenet-5')
    expect(shown.inputs, 'changed since: npm run check:samples').toBe(inputs)
    expect(shown.before.correct).toBe(test.correct)
    const engine = createEngine(nodeEnvironment())
    await engine.start({ forced: 'wasm', exclude: [] })
    const { original } = (await drained(engine.model.open({ files: sampleFiles('lenet-5') })))
      .result
    expect(original.zippedFloat32Bytes).toBe(shown.before.bytes)
    // The zip holds a report, which names the data.
    await drained(engine.data.attach({ datasetId: 'mnist', settings: null }))
    const request = { recipe: shown.recipe, focus: [], mode: 'settled' } as const
    for await (const event of engine.recipe.preview(request))
      if (event.type === 'size') {
        expect(event.sizes.zippedIsExact).toBe(true)
        expect(event.sizes.zipped).toBe(shown.after.bytes)
        break
      }
    await engine.model.close()
    expect.assertions(5)
  })
})
