import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { graphBundle, inOneByte, smallGraph } from '../../testing/files/graph-files'
import { memoryFile } from '../files/file-bundle'
import type { OpenedModel } from '../formats/format'
import { openModel } from '../formats/importers'
import { withFreshWeights } from './fresh-weights'

const go = (): Promise<void> => Promise.resolve()

async function sample(): Promise<OpenedModel> {
  const folder = 'public/models/fashion-cnn/'
  const files = readdirSync(folder).map((name) =>
    memoryFile(name, new Uint8Array(readFileSync(folder + name))),
  )
  return openModel(files, () => Promise.resolve())
}

test('fresh weights have the variance of their fan-in, and a normalisation does nothing', async () => {
  const model = await withFreshWeights(await sample(), 7, go)
  const of = (name: string): Float32Array => {
    const found = model.weights.find(({ spec }) => spec.name === name)?.values
    if (!(found instanceof Float32Array)) throw new Error(name)
    return found
  }
  const deviation = (values: Float32Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
  // 1x1 filters over 128 channels, and depthwise filters of nine weights each.
  expect(deviation(of('block5_pointwise/kernel'))).toBeCloseTo(Math.sqrt(2 / 128), 2)
  expect(deviation(of('block5_depthwise/depthwise_kernel')) / Math.sqrt(2 / 9)).toBeCloseTo(1, 1)
  expect(new Set(of('stem_norm/gamma'))).toEqual(new Set([1]))
  expect(new Set(of('stem_norm/moving_variance'))).toEqual(new Set([1]))
  expect(new Set(of('stem_norm/beta'))).toEqual(new Set([0]))
  expect(new Set(of('classes/bias'))).toEqual(new Set([0]))
})

test('fresh weights are floats, whatever held the old ones', async () => {
  const quantized = await openModel(graphBundle(inOneByte(smallGraph())), go)
  const { weights } = await withFreshWeights(quantized, 7, go)
  for (const { quantized: codes, spec, storedAs, storedBytes, values } of weights)
    expect([spec.name, codes, storedAs, storedBytes]).toEqual([
      ...[spec.name, null, spec.dtype, 4 * values.length],
    ])
})

test('and are the same for the same seed', async () => {
  const model = await sample()
  const bytes = async (seed: number): Promise<unknown> =>
    (await withFreshWeights(model, seed, go)).weights.map(({ values }) => values)
  expect(await bytes(1)).toEqual(await bytes(1))
  expect(await bytes(1)).not.toEqual(await bytes(2))
})
