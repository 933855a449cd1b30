import * as tf from '@tensorflow/tfjs'
import { barClasses } from '../testing/models/bar-model.ts'
import { engineOf, loseDeviceInReading } from './support/engine-worker.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { expect, test } from './support/studio-test.ts'
import { barFiles, openBars, rememberTraining } from './support/training.ts'

for (const other of ['webgpu', 'webgl'])
  test(
    `one step of training is the same on ${other} as on WebAssembly`,
    { tag: other === 'webgl' ? ['@long'] : [] },
    async ({ page }, info) => {
      test.setTimeout(300_000)
      const files = await barFiles(info, 64)
      // Plain descent, so that a small difference of a gradient stays small; one batch is the whole epoch.
      await rememberTraining(page, {
        epochs: 1,
        batchSize: 512,
        optimizer: 'sgd',
        learningRate: 0.1,
        warmupEpochs: 0,
        shift: 0,
        decay: 'constant',
      })
      const weights = new Map<string, ReadonlyMap<string, Float32Array>>()
      // That WebAssembly trains as plain JavaScript does is a test of its kernels.
      for (const backend of ['wasm', other]) {
        const studio = await openBars(page, backend, files)
        await page.getByRole('button', { name: 'Recover accuracy' }).click()
        await expect(page.getByText(/(?:best and is|those are) in use/)).toBeVisible({
          timeout: 120_000,
        })
        // The weights after the step, whether or not they are better.
        await page.getByRole('button', { name: 'Epochs', exact: true }).click()
        const step = page
          .getByRole('row')
          .filter({ has: page.getByRole('cell', { name: '1', exact: true }) })
        const use = step.getByRole('button', { name: 'Use the weights of epoch 1' })
        const inUse = step.getByRole('cell', { name: 'in use' })
        await expect(use.or(inUse)).toBeVisible()
        if (await use.isVisible()) await use.click()
        await expect(inUse).toBeVisible()
        const { path } = await studio.download()
        weights.set(backend, (await loadZipWithStockTfjs(path)).weights)
      }
      const reference = weights.get('wasm')
      expect(reference?.size).toBe(9)
      for (const [backend, found] of weights)
        for (const [name, values] of reference ?? []) {
          const other = found.get(name) ?? new Float32Array()
          const largest = values.reduce(
            (most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))),
            0,
          )
          expect([backend, name, largest < 2e-4 || largest]).toEqual([backend, name, true])
        }
    },
  )

test(
  'a device lost in the second epoch costs that epoch alone',
  { tag: '@long' },
  async ({ page }, info) => {
    test.setTimeout(300_000)
    const files = await barFiles(info, 120, true, oneLayer)
    // So many that it goes on, however quick the machine is.
    await rememberTraining(page, { epochs: 1000, batchSize: 32 })
    await openBars(page, 'webgpu', files)
    await page.getByRole('button', { name: 'Recover accuracy' }).click()
    await page.getByText(/Epoch (?:[2-9]|\d{2,}) of 1,?000/).waitFor({ timeout: 120_000 })
    const replaced = page.waitForEvent('worker', { timeout: 60_000 })
    // Where an epoch is measured: in a step, a failure of any kind is looked at before it goes on.
    await loseDeviceInReading(await engineOf(page), 64)
    await replaced
    await expect(page.getByText(/went on from its last checkpoint/)).toBeVisible({
      timeout: 120_000,
    })
    await page.getByRole('group', { name: 'Run' }).getByRole('button', { name: 'Stop' }).click()
    await expect(page.getByText(/(?:best and is|those are) in use/)).toBeVisible({
      timeout: 180_000,
    })
  },
)

/** A device that is lost loses all of its shaders, and a processor takes its time to make them: few are needed here. */
function oneLayer(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 1] }),
      tf.layers.dense({
        units: barClasses,
        activation: 'softmax',
        kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
        name: 'classes',
      }),
    ],
  })
}
