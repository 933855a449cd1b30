/**
 * Pictures of what people see of their own files: how a table is read, the search for the order of classes,
 * and what outputs mean. Called by scripts/screenshots.ts.
 */
import * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { encode } from 'fast-png'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { zipOf } from '../testing/files/foreign-data.ts'
import { savedFiles } from '../testing/models/stock-model.ts'

const CLASSES = 12
const numbers = Array.from({ length: CLASSES }, (_, place) => String(place))
/** As Keras and torchvision sort folders. */
const asTexts = numbers.toSorted()

interface Tools {
  /** A picture of the part of the page that has this id or label. */
  readonly save: (name: string) => Promise<void>
  readonly visit: () => Promise<void>
}

export async function ownFiles(page: Page, { save, visit }: Tools): Promise<void> {
  await visit()
  await openModel(page, 'digits12', digits())
  await dropOnPage(page, writeFiles(new Map([['measurements.csv', mixedTable()]])))
  await page.getByRole('table').first().waitFor()
  await page.waitForTimeout(1500)
  await save('reading')
  await page.keyboard.press('Escape')

  await dropOnPage(page, writeFiles(new Map([['digits12.zip', zipOf(pictures())]])))
  const found = page.locator('tr[data-best]')
  await found.waitFor({ timeout: 120_000 })
  await found.scrollIntoViewIfNeeded()
  await save('search')

  await visit()
  await openModel(page, 'embedding', embedding())
  const meaning = page.getByRole('combobox').filter({ hasText: /Vectors|向量/ })
  await meaning.waitFor({ timeout: 60_000 })
  await meaning.scrollIntoViewIfNeeded()
  await page.waitForTimeout(1500)
  await save('meaning')
}

async function openModel(page: Page, name: string, model: tf.Sequential): Promise<void> {
  const files = new Map<string, Uint8Array>()
  for (const file of await savedFiles(tf, model))
    files.set(file.path, await file.read(0, file.size))
  await dropOnPage(page, [writeFolder(name, files)])
  await page.locator('#data-region').waitFor({ timeout: 60_000 })
}

/** Says which of twelve pixels is the brightest, its outputs in the order of texts. */
function digits(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [3, 4, 1] }),
      tf.layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
  })
  const places = numbers.map((name) => asTexts.indexOf(name))
  const kernel = tf.mul(tf.oneHot(tf.tensor1d(places, 'int32'), CLASSES), 8)
  model.setWeights([kernel, tf.zeros([CLASSES])])
  return model
}

function embedding(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [16, 16, 3], filters: 32, kernelSize: 3, activation: 'relu' }),
      tf.layers.globalAveragePooling2d({}),
    ],
  })
}

function pictures(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (const name of numbers)
    for (let copy = 0; copy < 20; copy++) {
      const data = new Uint8Array(CLASSES).fill(copy)
      data[Number(name)] = 200 + copy
      files.set(`${name}/${copy}.png`, encode({ width: 4, height: 3, data, channels: 1 }))
    }
  return files
}

/** A table with an index, a remark, a decimal comma and five measurements, which the model does not take. */
function mixedTable(): string {
  const rows = Array.from({ length: 60 }, (_, row) =>
    [
      row,
      `sample ${row}`,
      ...[1, 2, 3, 4, 5].map((k) => ((row * k) % 7) / 4).map((v) => v.toFixed(2).replace('.', ',')),
      ['setosa', 'versicolor', 'virginica'][row % 3] ?? '',
    ].join(';'),
  )
  return [';remark;a;b;c;d;e;species', ...rows].join('\n')
}
