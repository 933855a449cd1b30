import * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { encode } from 'fast-png'
import { encodedName } from '../testing/files/encoded-names.ts'
import { caseRows, cells, lines } from '../testing/files/own-data-cases.ts'
import { zipBytes } from '../testing/files/zip-bytes.ts'
import { savedFiles } from '../testing/models/stock-model.ts'
import { accessibilityFaults } from './support/axe.ts'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { writeFolder } from '../testing/browser/write-files.ts'

async function openModel(page: Page, name: string, model: tf.LayersModel): Promise<Studio> {
  const files = new Map<string, Uint8Array>()
  for (const file of await savedFiles(tf, model))
    files.set(file.path, await file.read(0, file.size))
  await dropOnPage(page, [writeFolder(name, files)])
  const result = page.locator('#data-region')
  await expect(result).toBeVisible({ timeout: 60_000 })
  return new Studio(page)
}

/** Says which of the first three of four numbers is the largest. */
async function openThree(page: Page): Promise<Studio> {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: 'softmax' })],
  })
  const rows = [0, 1, 2, 3].map((row) => [0, 1, 2].map((column) => (row === column ? 5 : 0)))
  model.setWeights([tf.tensor2d(rows), tf.tensor1d([0, 0, 0])])
  return openModel(page, 'three', model)
}

/** Says which of two blocks of a grey picture of 8 x 8 is bright. */
async function openBlocks(page: Page): Promise<Studio> {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 1] }),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  })
  const weights = Array.from({ length: 64 }, (_, at) => (at < 32 ? [1, 0] : [0, 1]))
  model.setWeights([tf.tensor2d(weights), tf.tensor1d([0, 0])])
  return openModel(page, 'blocks', model)
}

/**
 * A zip of pictures whose names say what they are, in folders that say when they were taken, as a system
 * that knows no Unicode packs it.
 */
function picturesByDay(): Uint8Array {
  const files = new Map<string, Uint8Array>([['plan.tif', Uint8Array.of(1, 2, 3)]])
  for (let index = 0; index < 60; index++) {
    const isCat = index % 2 === 0
    const data = Uint8Array.from({ length: 64 }, (_, at) =>
      at < 32 === isCat ? 200 + (index % 50) : (index * at) % 40,
    )
    const name = `${isCat ? 'cat' : 'dog'}.${index}.png`
    files.set(
      `第${(index >> 1) % 2}天\\${name}`,
      encode({ width: 8, height: 8, data, channels: 1 }),
    )
  }
  return zipBytes(
    [...files].map(([path, data]) => ({ name: encodedName(path, 'gbk'), flags: 0, data })),
  )
}

/** Goes to a control as one does without a mouse. */
async function tabTo(page: Page, name: RegExp | string, role: 'button' | 'checkbox', within = '') {
  const place = within === '' ? page : page.getByRole('group', { name: within })
  const control = place.getByRole(role, { name, exact: true })
  for (let i = 0; i < 80 && !(await control.evaluate((el) => el === document.activeElement)); i++)
    await page.keyboard.press('Tab')
  await expect(control).toBeFocused()
}

test('a table that was dropped before its model is put right by keyboard, attached and measured right', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const { classes, rows } = caseRows()
  const text = lines(
    'a,b,c,d,kind,weight',
    cells({ classes, rows }).map((row, i) => [...row, classes[i], 60 + (i % 7)].join(',')),
  )
  await dropOnPage(page, writeFiles(new Map([['mixed.csv', text]])))
  const panel = page.getByRole('region', { name: 'How mixed is read' })
  await expect(panel.getByRole('heading', { name: 'How mixed is read' })).toBeFocused()
  await expect(panel.getByText('but no model is open')).toBeVisible()

  // The model has four inputs, and beside the label there are five columns.
  await openThree(page)
  await expect(panel.getByRole('alert')).toContainText('5 columns would be its inputs')
  expect(await accessibilityFaults(page)).toEqual([])
  await panel.getByRole('heading', { name: 'How mixed is read' }).focus()
  await tabTo(page, 'weight', 'checkbox', 'Columns left out')
  await page.keyboard.press('Space')
  await expect(panel.getByRole('status')).toHaveText(/^The model can be shown this data/)
  await tabTo(page, 'Attach the data', 'button')
  await page.keyboard.press('Enter')
  await expect(studio.result).toContainText('n = 12, mixed', { timeout: 60_000 })
  await expect(studio.result).toContainText('100.00')
  await expect(panel).toHaveCount(0)

  // It can be looked at again, and left as it is.
  await tabTo(page, 'How the data was read', 'button')
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('status')).toHaveText('It is attached as it is read here.')
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'How the data was read' })).toBeFocused()

  // Samples and labels in tables of their own, beside one that is neither.
  const tables = new Map([
    ['X.csv', lines('a,b,c,d', [...cells({ classes, rows }).map(String), 'Total: 60 rows'])],
    ['old.csv', lines('a,b', ['1,2', '3,4', '5,6'])],
    [
      'y.csv',
      lines(
        'kind',
        classes.map((at) => ['None', 'mild', 'severe'][at] ?? ''),
      ),
    ],
  ])
  await dropOnPage(page, writeFiles(tables))
  await expect(studio.result).toContainText('n = 12, X', { timeout: 60_000 })
  await expect(studio.result).toContainText('100.00')
  await page.getByRole('button', { name: 'How the data was read' }).click()
  const other = page.getByRole('region', { name: 'How X is read' })
  await expect(other.getByText('Tables that are not read: 1 (old.csv)')).toBeVisible()
  await other.getByRole('group', { name: 'Tables to read' }).getByLabel('old.csv').check()
  const both = page.getByRole('region', { name: 'How X + old is read' })
  await expect(both.getByRole('alert')).toContainText('does not have the columns of X.csv')
  expect(await accessibilityFaults(page)).toEqual([])
})

test('a zip of pictures is put right in Chinese, in the dark, and is read so after a reload', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  const studio = new Studio(page)
  const result = page.getByRole('status', { name: '结果' })
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: '中文' }).click()
  await openBlocks(page)
  await dropOnPage(page, writeFiles(new Map([['trip.zip', picturesByDay()]])))
  const panel = page.getByRole('region', { name: 'trip 的读取方式' })
  // As many days as outputs: they are taken for the classes, of which the model knows nothing.
  await expect(result).toContainText('n = 12', { timeout: 60_000 })
  await page.getByRole('button', { name: '数据是怎样读取的' }).click()
  await expect(panel.getByText('其他类型的文件：1（plan.tif）')).toBeVisible()
  const encoding = panel.getByRole('combobox', { name: '名称的编码' })
  await expect(encoding.locator('option:checked')).toContainText('GBK')
  await expect(panel.getByRole('row', { name: /^第0天 30 / })).toBeVisible()
  await panel.getByRole('combobox', { name: '标签来自' }).selectOption('文件名')
  await expect(panel.getByRole('status')).toHaveText('按这样读取，数据可以交给模型。')
  await expect(panel.getByRole('row', { name: /^cat 30 / })).toBeVisible()
  await page.mouse.move(0, 0)
  await expect(page.getByRole('tooltip')).toHaveCount(0)
  expect(await accessibilityFaults(page)).toEqual([])
  await panel.getByRole('button', { name: '关联数据' }).click()
  await expect(result).toContainText('n = 12', { timeout: 60_000 })
  await expect(result).toContainText('100.00')

  await page.getByRole('switch', { name: '刷新后保留' }).press('Space')
  await expect(page.getByText('它也保存在此浏览器中')).toBeVisible()
  await studio.visit('?backend=wasm')
  await openBlocks(page)
  await page.getByRole('button', { name: '在 trip 上测量' }).click()
  await expect(result).toContainText('n = 12', { timeout: 60_000 })
  await expect(result).toContainText('100.00')
})

test('pairs of pictures are measured number by number, shown, and taken apart again', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const model = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 1, kernelSize: 1 })],
  })
  model.setWeights([tf.tensor4d([-1], [1, 1, 1, 1]), tf.tensor1d([1])])
  await openModel(page, 'negative', model)
  const files = Array.from({ length: 10 }, (_, index) => {
    const data = Uint8Array.from({ length: 64 }, (_value, at) => (index * 37 + at * 53) % 256)
    const png = (bytes: Uint8Array): Uint8Array =>
      encode({ width: 8, height: 8, data: bytes, channels: 1 })
    return [
      { name: `noisy/${index}.png`, data: png(data) },
      { name: `clean/${index}.png`, data: png(data.map((byte) => 255 - byte)) },
    ]
  }).flat()
  await dropOnPage(page, writeFiles(new Map([['photos.zip', zipBytes(files.slice(0, -1))]])))
  await expect(studio.result).toContainText('n = 5, photos', { timeout: 60_000 })
  await expect(studio.result).toContainText('R²')
  await expect(
    page.getByRole('combobox', { name: 'Numbers of the pictures that should be made' }),
  ).toHaveValue('unit')

  await page.getByRole('button', { name: 'How the data was read' }).click()
  const panel = page.getByRole('region', { name: 'How photos is read' })
  await expect(panel.getByText('Without a partner: 1 (photos/noisy/9.png)')).toBeVisible()
  await expect(panel.getByRole('img', { name: 'Picture 0.png' })).toHaveCount(2)
  await expect(panel.getByRole('img', { name: /^Picture / })).toHaveCount(12)
  expect(await accessibilityFaults(page)).toEqual([])
  const made = panel.getByRole('combobox', { name: 'Pictures that the model should make' })
  await expect(made.locator('option:checked')).toHaveText('clean')
  await made.selectOption('None')
  await expect(panel.getByText('Pictures that the model should make: 9')).toBeVisible()
  await panel.getByRole('button', { name: 'Attach the data' }).click()
  await expect(studio.result).toContainText('R² against the original', { timeout: 60_000 })
})
