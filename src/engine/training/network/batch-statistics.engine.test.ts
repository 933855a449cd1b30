import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { barModel, bars } from '../../../../testing/models/bar-model'
import { savedFiles } from '../../../../testing/models/stock-model'
import { openModel } from '../../../formats/importers'
import { readKernelModule, startWasmBackend } from '../../host/wasm-in-node'
import type { DataSplit } from '../../samples/attached-data'
import { BatchFeed } from '../../samples/batch-feed'
import { prepareTrainingKernels } from '../../wasm-kernels/prepare-training-kernels'
import { reestimateStatistics } from './batch-statistics'
import { PooledStatistics } from './pooled-statistics'
import { TrainableProgram } from './trainable-program'

let leave: () => void
beforeAll(async () => {
  await startWasmBackend()
  leave = (await prepareTrainingKernels(readKernelModule())).enter()
  return () => {
    leave()
  }
})

function split(count: number): DataSplit {
  const { pixels, labels } = bars(count, 3)
  const values = Float32Array.from(pixels, (pixel) => pixel / 255)
  return {
    dataset: 'bars',
    name: 'train',
    key: 'bars',
    count,
    targets: { task: 'classification', columns: 3, labels },
    classes: labels,
    rows: (samples) =>
      Promise.resolve([
        {
          values: Float32Array.from({ length: 64 * samples.length }, (_, at) => {
            const sample = samples[Math.floor(at / 64)] ?? 0
            return values[64 * sample + (at % 64)] ?? NaN
          }),
          sides: [8, 8, 1],
          dtype: 'float32',
          picture: null,
        },
      ]),
    expected: null,
    inputs: () => Promise.resolve([]),
    sample: () => ({ name: '', label: null }),
    pictures: () => Promise.resolve([null]),
  }
}

/** Mean and variance of the bar model's normalisation, measured anew by so many samples at once. */
async function statisticsOf(piece: number, samples: number): Promise<number[]> {
  const built = barModel()
  const opened = await openModel(await savedFiles(tf, built), () => Promise.resolve())
  built.dispose()
  const model = new TrainableProgram(opened)
  const feed = new BatchFeed(split(samples), { seed: 1, shift: 0, flip: false })
  const step = (work: () => void): Promise<void> => {
    work()
    return Promise.resolve()
  }
  await reestimateStatistics(model, feed, piece, step, new AbortController().signal)
  const found = ['moving_mean', 'moving_variance'].flatMap((name) => {
    const [, variable] = [...model.all].find(([weight]) => weight.endsWith(name)) ?? []
    return [...(variable?.dataSync<'float32'>() ?? [])]
  })
  model.dispose()
  return found
}

describe('statistics that are measured anew', () => {
  it.each([32, 50, 16])(
    'in pieces of at most %i they are those of whole batches',
    async (piece) => {
      const before = tf.memory().numTensors
      // Two whole batches and one of 44, which goes in pieces of 15 where 16 fit: those are left out.
      const samples = piece === 16 ? 256 : 300
      const whole = await statisticsOf(128, samples)
      const pieces = await statisticsOf(piece, samples)
      expect(whole).toHaveLength(12)
      expect(whole[0]).not.toBe(0)
      pieces.forEach((value, index) => {
        expect(Math.abs(value - (whole[index] ?? NaN))).toBeLessThan(1e-5)
      })
      expect(tf.memory().numTensors).toBe(before)
    },
  )

  it('by pieces of fewer than 16 samples stay what they were', async () => {
    const kept = await statisticsOf(10, 256)
    expect(kept).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
  })
})

it('statistics of parts are pooled to those of the whole', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
  const moments = (some: readonly number[]): readonly [number, number] => {
    const mean = some.reduce((sum, value) => sum + value, 0) / some.length
    return [mean, some.reduce((sum, value) => sum + (value - mean) ** 2, 0) / some.length]
  }
  const pooled = new PooledStatistics()
  expect(pooled.averages()).toBeNull()
  for (const part of [values.slice(0, 2), values.slice(2, 7), values.slice(7)]) {
    const [mean, variance] = moments(part)
    pooled.addPiece([mean], [variance], part.length)
  }
  pooled.endBatch()
  const [mean, variance] = moments(values)
  expect(pooled.averages()?.mean[0]).toBeCloseTo(mean, 6)
  expect(pooled.averages()?.variance[0]).toBeCloseTo(variance, 6)
})
