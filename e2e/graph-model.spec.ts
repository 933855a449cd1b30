import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../src/core/random.ts'
import { npyBytes } from '../testing/files/foreign-data.ts'
import { inOneByte, nodeOf, smallGraph } from '../testing/files/graph-files.ts'
import type { GraphFiles } from '../testing/files/graph-files.ts'
import { opaqueGraph } from '../testing/files/opaque-graph.ts'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { pageOutputs } from './support/page-outputs.ts'
import { expectRowsAmong } from './support/rows-among.ts'
import { stockGraph } from './support/stock-graph.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

const filesOf = ({ json, shards }: GraphFiles): Map<string, Uint8Array | string> =>
  new Map<string, Uint8Array | string>([['model.json', JSON.stringify(json)], ...shards])

test('a graph model is compressed, measured, downloaded, and gives the same in stock TensorFlow.js', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, writeFiles(filesOf(smallGraph())))
  await expect(studio.result).toContainText('Agreement on synthetic inputs', { timeout: 60_000 })
  await expect(page.getByText(/^_FusedConv2D · 4×4×6/)).toBeVisible()
  await expect(page.getByText(/compressed, trained, measured and downloaded/)).toBeVisible()

  const count = 40
  const random = createRandom(11)
  const pixels = Uint8Array.from({ length: count * 8 * 8 * 3 }, () => random.below(256))
  await dropOnPage(
    page,
    writeFiles(new Map([['noise.npy', npyBytes('|u1', [count, 8, 8, 3], pixels)]])),
  )
  await expect(studio.result).toContainText('without labels, n = 8, noise', { timeout: 60_000 })
  await studio.switchOn('Quantize')
  await studio.set('Bits', 4)
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
  const { path } = await studio.download()

  // The eight samples of the split, found by what they give in stock TensorFlow.js.
  const outputs = await pageOutputs(page, { split: 'validation', first: 8, model: 'compressed' })
  const model = await stockGraph(path)
  const answers = tf.tidy(() =>
    (
      model.predict(
        tf.tensor4d(
          Float32Array.from(pixels, (byte) => byte / 255),
          [count, 8, 8, 3],
        ),
      ) as tf.Tensor
    ).dataSync(),
  )
  expectRowsAmong(outputs.values, answers, 5)
  model.dispose()
})

test('a quantized graph model is cut to half its work, stays quantized and keeps its name, in stock TensorFlow.js too', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const named = [...filesOf(inOneByte(opaqueGraph()))].map(
    ([name, content]) => [`mobile-uint8/${name}`, content] as const,
  )
  const dropped = writeFiles(new Map(named))
  await dropOnPage(page, [dirname(dropped[0] ?? '')])
  await expect(studio.result).toContainText('Agreement on synthetic inputs', { timeout: 60_000 })
  await expect(page.getByText(/computes is not known here.* Mod \(rest\)/)).toBeVisible()

  const card = page.getByRole('region', { name: 'Structured pruning (whole filters and neurons)' })
  await card.getByRole('button', { name: /^Structured pruning/ }).click()
  await card.getByText('Multiply-adds', { exact: true }).click()
  await expect(card.getByText(/^Not counted: rest/)).toBeVisible()
  await expect(card.getByRole('status', { name: 'What is left' })).toContainText(
    /Multiply-adds: .*\((?:4\d|50)\s%\)/,
  )
  await card.getByRole('button', { name: 'Remove them' }).click()
  await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
  await expect(studio.result).toContainText('filters removed')
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  const { fileName, path } = await studio.download()
  expect(fileName).toBe('mobile-uint8-compressed.zip')
  const bytes = (paths: readonly string[]): number =>
    paths.reduce((sum, each) => sum + statSync(each).size, 0)
  expect(bytes([path])).toBeLessThan(bytes(dropped))

  const model = await stockGraph(path)
  const sides = (name: string): number[] => model.weights[name]?.[0]?.shape ?? []
  const work = (stem: number[], narrow: number[], wide: number[], answer: number[]): number =>
    64 * [stem, narrow, wide].reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0) +
    tf.util.sizeFromShape(answer)
  const whole = work([3, 3, 3, 8], [3, 3, 8, 32], [3, 3, 32, 32], [32, 4])
  const left = work(
    sides('stem/kernel'),
    sides('narrow/kernel'),
    sides('wide/kernel'),
    sides('answer/kernel'),
  )
  expect(left).toBeLessThanOrEqual(whole / 2)
  expect(left).toBeGreaterThan(0.4 * whole)
  const answer = tf.tidy(() => (model.predict(tf.ones([2, 8, 8, 3])) as tf.Tensor).dataSync())
  expect([...answer]).toHaveLength(8)
  expect([...answer].every(Number.isFinite)).toBe(true)
  model.dispose()
})

test('a graph with control flow opens for its weights and names the node', async ({ page }) => {
  const files = smallGraph()
  nodeOf(files, 'scaled').op = 'Switch'
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, writeFiles(filesOf(files)))
  await expect(
    page
      .getByRole('alert')
      .getByText('model.json: node "scaled" (Switch) is control flow or keeps state')
      .first(),
  ).toBeVisible({ timeout: 60_000 })
  await expect(studio.result).toContainText('not measured')
})
