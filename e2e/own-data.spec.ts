import * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { decode } from 'fast-png'
import { shapeOutputs, shapePicture } from '../testing/files/shape-pictures.ts'
import {
  npyBytes,
  regressionTable,
  shapeNames,
  shapePictures,
  shapesModel,
  zipOf,
} from '../testing/files/foreign-data.ts'
import { prepareImage } from '../src/data/resize-image.ts'
import { savedFiles } from '../testing/models/stock-model.ts'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { pageOutputs } from './support/page-outputs.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { splitPictures } from './support/split-pictures.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

async function openShapes(page: Page): Promise<Studio> {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [writeFolder('shapes', shapesModel())])
  await expect(studio.result).toContainText('Agreement on synthetic inputs', { timeout: 60_000 })
  return studio
}

async function dropFiles(
  page: Page,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  await dropOnPage(page, writeFiles(files))
}

const one = (name: string, content: Uint8Array | string) => new Map([[name, content]])

test('a zip of pictures on a foreign model: preparation found, accuracy measured, downloaded, the same in stock TensorFlow.js', async ({
  page,
}) => {
  const studio = await openShapes(page)
  await dropFiles(page, one('forms.zip', zipOf(shapePictures(400))))
  await expect(studio.result).toContainText('validation split, n = 80, forms', { timeout: 60_000 })

  // Shown as nobody trained it, the model guesses; the page asks, and the names and a search set it right.
  await expect(page.getByText(/about as many as guessing would/)).toBeVisible()
  // The search that runs by itself comes to lie above the fold: pressed here and let go there is no click.
  await expect(page.getByRole('button', { name: 'Use this' })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Classes' }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Names of the outputs…' }).click()
  const names = `names:\n${shapeNames()
    .split('\n')
    .map((name, output) => `  ${output}: ${name}\n`)
    .join('')}`
  await (await choosing).setFiles(writeFiles(one('metadata.yaml', names)))
  await expect(page.getByRole('combobox', { name: 'Output for cross' })).toHaveValue('2')
  // With the names it can tell more.
  await page.getByRole('button', { name: 'Search preparations and class orders' }).click()
  const best = page.getByRole('row', { name: /^−1 to 1, BGR, Stretch, .* names of the outputs/ })
  await best.getByRole('button', { name: 'Use' }).click({ timeout: 60_000 })
  await expect(best).toContainText('in use')
  await expect(studio.result).toContainText(/n = 80/)
  await expect(studio.result).toContainText(/(?:8[5-9]|9\d|100)(?:\.\d+)?\s%/, { timeout: 60_000 })
  await expect(page.getByText(/about as many as guessing would/)).toHaveCount(0)

  await studio.switchOn('Quantize')
  await studio.set('Bits', 5)
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
  const { path } = await studio.download()
  await expect(page.getByText('Accuracy, test split, n = 80')).toBeVisible({ timeout: 60_000 })
  const outputs = await pageOutputs(page, { split: 'validation', first: 80, model: 'compressed' })

  const stock = await loadZipWithStockTfjs(path)
  const report = JSON.parse(new TextDecoder().decode(stock.files.get('report.json'))) as {
    data: { settings: { preparation: { color: string; mean: number[] } } }
  }
  const { preparation } = report.data.settings
  expect(preparation).toMatchObject({ color: 'bgr', mean: [0.5, 0.5, 0.5] })
  // Every picture of the validation split, prepared and answered outside the page.
  const pictures = await splitPictures('forms', shapePictures(400), 'validation')
  expect(pictures).toHaveLength(80)
  expect(outputs.classes).toBe(shapeOutputs.length)
  const inputs = pictures.map(({ png }) => {
    const { width, height, data } = decode(png)
    const image = { width, height, data: Uint8Array.from(data) }
    const bytes = prepareImage(image, { ...plain, color: 'bgr', mean: preparation.mean })
    return Float32Array.from(bytes, (byte) => (byte / 255 - 0.5) / 0.5)
  })
  const answers = tf.tidy(() => {
    const flat = Float32Array.from(inputs.flatMap((row) => [...row]))
    return (stock.model.predict(tf.tensor4d(flat, [80, 32, 32, 3])) as tf.Tensor).dataSync()
  })
  outputs.values.forEach((value, index) => {
    expect(Math.abs(value - (answers[index] ?? NaN))).toBeLessThan(1e-4)
  })
})

const plain = { fit: 'stretch', height: 32, width: 32, std: [0.5, 0.5, 0.5] } as const

test('an npz, a table and pictures without labels are each measured by what they allow', async ({
  page,
}) => {
  const studio = await openShapes(page)
  const count = 100
  const pixels = new Uint8Array(count * 44 * 52 * 3)
  const labels = new Int32Array(count)
  for (let index = 0; index < count; index++) {
    const { image, shape } = shapePicture(4, index)
    for (let place = 0; place < 44 * 52; place++)
      for (let channel = 0; channel < 3; channel++)
        pixels[(index * 44 * 52 + place) * 3 + channel] = image.data[4 * place + channel] ?? 0
    labels[index] = shapeOutputs.indexOf(shape)
  }
  const npz = zipOf(
    new Map([
      ['x.npy', npyBytes('|u1', [count, 44, 52, 3], pixels)],
      ['y.npy', npyBytes('<i4', [count], labels)],
    ]),
  )
  await dropFiles(page, one('forms.npz', npz))
  await expect(studio.result).toContainText('validation split, n = 20, forms', { timeout: 60_000 })
  await page.getByText('BGR', { exact: true }).click()
  await page.getByLabel('Value range').selectOption({ label: '−1 to 1' })
  await expect(studio.result).toContainText(/(?:8[5-9]|9\d|100)(?:\.\d+)?\s%/, { timeout: 60_000 })

  const flat = new Map(
    [...shapePictures(60).values()].map((bytes, index) => [`${index}.png`, bytes] as const),
  )
  await dropFiles(page, flat)
  await expect(studio.result).toContainText('Agreement with the original, not accuracy', {
    timeout: 60_000,
  })
  await expect(studio.result).toContainText('validation split without labels, n = 12')
})

test('a table on a regression model is measured by its error', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropFiles(page, regressionModel())
  await expect(studio.result).toContainText('synthetic inputs', { timeout: 60_000 })
  await dropFiles(page, one('houses.csv', regressionTable(500)))
  await expect(studio.result).toContainText('Mean absolute error', { timeout: 60_000 })
  await expect(studio.result).toContainText('validation split, n = 100, houses')
  await expect(studio.result).toContainText(/R² 0\.99/)
  await studio.switchOn('Quantize')
  await expect(studio.result).toContainText(/Mean absolute error.*→/, { timeout: 60_000 })
  const { path } = await studio.download()
  await expect(page.getByText('R², test split, n = 100')).toBeVisible()
  const { model } = await loadZipWithStockTfjs(path)
  const answer = tf.tidy(() => (model.predict(tf.tensor2d([[1, 1, 1]])) as tf.Tensor).dataSync()[0])
  expect(answer).toBeCloseTo(0.5, 1)
})

test('a broken picture is counted and named, and labels that cannot fit are refused', async ({
  page,
}) => {
  const studio = await openShapes(page)
  const pictures = new Map<string, Uint8Array | string>(
    [...shapePictures(50)].map(([path, bytes]) => [`forms/${path}`, bytes]),
  )
  pictures.set('forms/ring/broken.png', 'this is no picture')
  const [first = ''] = writeFiles(pictures)
  await dropOnPage(page, [first.slice(0, first.indexOf('/forms/') + 6)])
  await expect(studio.result).toContainText('n = 10, forms', { timeout: 60_000 })
  await page.getByRole('button', { name: '1 picture could not be decoded and is left out' }).click()
  await expect(page.getByText(/forms\/ring\/broken\.png could not be decoded/)).toBeVisible()

  const seven = new Map(
    [...shapePictures(70).values()].map(
      (bytes, index) => [`kind ${index % 7}/${index}.png`, bytes] as const,
    ),
  )
  await dropFiles(page, one('seven.zip', zipOf(seven)))
  await expect(
    page.getByText(
      'seven has 7 classes, and the model tells 5 apart. The first that is too many is kind 5.',
    ),
  ).toBeVisible({ timeout: 60_000 })
  // What was attached stays.
  await expect(studio.result).toContainText('n = 10, forms')
})

test('data is kept over a reload only for those who ask', async ({ page }) => {
  const files = await plainModel()
  const studio = new Studio(page)
  const open = async (): Promise<void> => {
    await studio.visit('?backend=wasm')
    await dropOnPage(page, [writeFolder('plain', files)])
    await expect(studio.result).toContainText('on synthetic inputs', { timeout: 60_000 })
  }
  await open()
  const offer = page.getByText('Kept from an earlier visit: forms')
  await dropFiles(page, one('forms.zip', zipOf(shapePictures(50))))
  await expect(studio.result).toContainText('n = 10, forms', { timeout: 60_000 })
  await open()
  await expect(page.getByText('No data is attached')).toBeVisible()
  await expect(offer).toHaveCount(0)

  await dropFiles(page, one('forms.zip', zipOf(shapePictures(50))))
  await page.getByRole('switch', { name: 'Keep over a reload' }).press('Space')
  await expect(page.getByText('It is also stored in this browser')).toBeVisible()
  await open()
  await expect(offer).toBeVisible()
  await page.getByRole('button', { name: 'Measure on forms' }).click()
  await expect(studio.result).toContainText('n = 10, forms', { timeout: 60_000 })
  await page.getByRole('switch', { name: 'Keep over a reload' }).press('Space')
  await expect(page.getByText('It is also stored in this browser')).toHaveCount(0)
  await open()
  await expect(page.getByText('No data is attached')).toBeVisible()
  await expect(offer).toHaveCount(0)
})

/** Tells five classes apart, by whatever weights: what is kept of data does not hang on them. */
async function plainModel(): Promise<ReadonlyMap<string, Uint8Array>> {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 3] }),
      tf.layers.dense({ units: shapeOutputs.length, activation: 'softmax' }),
    ],
  })
  const files = new Map<string, Uint8Array>()
  for (const file of await savedFiles(tf, model))
    files.set(file.path, await file.read(0, file.size))
  return files
}

/** y = 2a - 3b + c / 2 + 1 as one dense layer, in files of our own making. */
function regressionModel(): Map<string, Uint8Array | string> {
  const weights = Float32Array.of(2, -3, 0.5, 1)
  return new Map<string, Uint8Array | string>([
    [
      'model.json',
      JSON.stringify({
        format: 'layers-model',
        modelTopology: {
          keras_version: '2.4.0',
          backend: 'tensorflow',
          model_config: {
            class_name: 'Sequential',
            config: {
              name: 'price',
              layers: [
                {
                  class_name: 'Dense',
                  config: {
                    name: 'price',
                    units: 1,
                    activation: 'linear',
                    use_bias: true,
                    batch_input_shape: [null, 3],
                  },
                },
              ],
            },
          },
        },
        weightsManifest: [
          {
            paths: ['w.bin'],
            weights: [
              { name: 'price/kernel', shape: [3, 1], dtype: 'float32' },
              { name: 'price/bias', shape: [1], dtype: 'float32' },
            ],
          },
        ],
      }),
    ],
    ['w.bin', new Uint8Array(weights.buffer)],
  ])
}
