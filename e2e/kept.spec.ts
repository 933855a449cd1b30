import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { smallCounts } from '../testing/files/small-data.ts'
import { serveSmallData } from './support/small-data.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

const tried = (studio: Studio) =>
  studio.page.getByRole('table').getByRole('button', { name: /^Return to/ })

test('a sweep is cancelled halfway; its points stay, bring settings back, and outlive a reload', async ({
  page,
}) => {
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
  await page.getByRole('button', { name: 'Sweep bits', exact: true }).click()
  await expect(page.getByText(/Sweep bits: [3-9] of 16/)).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Sweep bits', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Show as table' }).click()
  const count = await tried(studio).count()
  expect(count).toBeGreaterThanOrEqual(3)
  expect(count).toBeLessThan(16)

  await page.getByRole('button', { name: 'Return to 15-bit affine' }).click()
  await expect(page.getByRole('switch', { name: 'Quantize', exact: true })).toBeChecked()
  await expect(page.getByRole('textbox', { name: 'Bits value' })).toHaveValue('15')
  await studio.settled()
  await page.getByRole('button', { name: 'Snapshots' }).click()
  await page.getByRole('textbox', { name: 'Name of these settings' }).fill('fifteen')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('button', { name: /^fifteen/ })).toBeVisible()
  await page.keyboard.press('Escape')
  // Written a moment later.
  await expect.poll(() => storedHistory(page)).toContain('fifteen')

  await page.reload()
  await studio.settled()
  await expect(page.getByRole('textbox', { name: 'Bits value' })).toHaveValue('15')
  await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await expect(tried(studio)).toHaveCount(count)

  // As an earlier studio would have left them.
  await forgetVersion(page)
  await page.reload()
  // Those that can be gone back to, and the one in use.
  await expect(page.getByText(`${count + 1} points of the history were left out`)).toBeVisible()
  await studio.settled()
  await expect(page.getByRole('textbox', { name: 'Bits value' })).toHaveValue('15')
  await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await expect(page.getByRole('table')).toContainText('15-bit affine')
  await expect(tried(studio)).toHaveCount(0)
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(page.getByText(/of the history/)).toHaveCount(0)

  await page.getByRole('button', { name: 'Snapshots' }).click()
  await page.getByRole('button', { name: /^fifteen/ }).click()
  await page.getByRole('button', { name: /^File:/ }).click()
  await page.getByRole('menuitem', { name: /^Forget on this device/ }).click()
  await page.getByRole('button', { name: /^File:/ }).click()
  await page.getByRole('menuitem', { name: /^Close/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Drop a model')
  await expect(page.getByRole('heading', { name: 'Continue where you left off' })).toHaveCount(0)
})

test('every chart is exported as a picture and as numbers', { tag: '@long' }, async ({ page }) => {
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await studio.switchOn('Prune')
  await studio.settled()
  const save = async (item: string) => {
    await page.getByRole('button', { name: 'Export' }).click()
    const arriving = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    const file = await arriving
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
  }
  for (const [tab, file] of [
    ['Size', 'size'],
    ['Sparsity', 'sparsity'],
    ['Weights', 'weights'],
    ['Accuracy vs size', 'accuracy'],
  ] as const) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    const picture = await save('Picture (PNG)')
    expect(picture.name).toBe(`lenet_300_100-${file}.png`)
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG')
    // Twice as fine as on the page.
    expect(picture.bytes.readUInt32BE(16)).toBeGreaterThan(1000)
    const table = await save('Numbers (CSV)')
    const lines = table.bytes.toString('utf8').split('\r\n')
    expect(lines[0]).toContain(',')
    expect(lines.length).toBeGreaterThan(2)
  }
})

test('a model of one’s own comes back after a reload, with its settings', async ({
  page,
}, info) => {
  const folder = info.outputPath('mine')
  cpSync('public/models/lenet-300-100', folder, { recursive: true })
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await studio.pick([`${folder}/model.json`, `${folder}/group1-shard1of1.bin`])
  await page.getByRole('button', { name: 'Measure on MNIST' }).click()
  await studio.settled()
  await studio.switchOn('Prune')
  await studio.settled()
  await page.getByRole('button', { name: /^File:/ }).click()
  await expect(page.getByText(/This browser holds the model/)).toBeVisible()
  expect(new URL(page.url()).hash).toBe('')
  await page.reload()
  await studio.settled()
  await expect(page.getByRole('switch', { name: 'Prune', exact: true })).toBeChecked()
  await page.getByRole('button', { name: /^File:/ }).click()
  await page.getByRole('menuitem', { name: /^Close/ }).click()
  await page.getByRole('button', { name: /^LeNet.*pruned 50|^lenet.*pruned 50/ }).click()
  await studio.settled()
  await expect(page.getByRole('switch', { name: 'Prune', exact: true })).toBeChecked()
})

test('a link opens a sample with its settings, in the language of the reader', async ({
  page,
  browser,
}) => {
  test.setTimeout(240_000)
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await studio.switchOn('Quantize')
  await studio.set('Bits', 3)
  await studio.settled()
  const link = page.url()
  expect(new URL(link).hash).toMatch(/^#sample=lenet-300-100&settings=/)

  const context = await browser.newContext({ locale: 'zh-CN' })
  await serveSmallData(context, smallCounts)
  const other = await context.newPage()
  await other.goto(link)
  await expect(other.getByRole('textbox', { name: '位数数值' })).toHaveValue('3', {
    timeout: 60_000,
  })
  await expect(other.getByRole('button', { name: /^下载 [\d.]/ })).toBeEnabled({ timeout: 60_000 })
  // Mid-way into English and back; the settings stay.
  await other.getByRole('button', { name: 'English' }).click()
  await expect(other.getByRole('textbox', { name: 'Bits value' })).toHaveValue('3')
  expect(await other.evaluate(() => document.documentElement.lang)).toBe('en')
  await other.reload()
  await expect(other.getByRole('textbox', { name: 'Bits value' })).toHaveValue('3', {
    timeout: 60_000,
  })
  await context.close()

  // An address that was cut off is told.
  await page.goto('about:blank')
  await page.goto(link.slice(0, -20))
  await expect(page.getByRole('alert')).toContainText('Copy the whole link once more')
})

test('four hundred layers scroll smoothly, are filtered, and are chosen by kind', async ({
  page,
}, info) => {
  const folder = info.outputPath('deep')
  const { json, bytes } = deepModel(400)
  mkdirSync(folder)
  writeFileSync(`${folder}/model.json`, JSON.stringify(json))
  writeFileSync(`${folder}/group1-shard1of1.bin`, bytes)
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await studio.pick([`${folder}/model.json`, `${folder}/group1-shard1of1.bin`])
  const layers = page.getByRole('region', { name: 'Layers' })
  const rows = layers.getByRole('checkbox', { name: /^Choose/ })
  await expect(rows.first()).toBeVisible({ timeout: 60_000 })
  expect(await rows.count()).toBeLessThan(60)
  await layers.getByRole('list').evaluate((list) => {
    list.scrollTop = list.scrollHeight
  })
  await expect(layers.getByText('layer399', { exact: true })).toBeVisible()
  await layers.getByRole('textbox', { name: 'Filter by name or kind' }).fill('layer12')
  await expect(rows).toHaveCount(11)
  await layers.getByRole('button', { name: 'Select layers…' }).click()
  await page.getByRole('menuitem', { name: 'All shown' }).click()
  await expect(layers.getByText('11 of 400 layers selected')).toBeVisible()
})

/** What the database of the browser holds of all models, as text. */
function storedHistory(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('compression-studio-history')
        opening.onerror = () => {
          reject(new Error('no database'))
        }
        opening.onsuccess = () => {
          const all = opening.result.transaction('models').objectStore('models').getAll()
          all.onsuccess = () => {
            opening.result.close()
            resolve(JSON.stringify(all.result))
          }
        }
      }),
  )
}

/** Points that are kept say no version of the arithmetic any more, like those of an earlier studio. */
function forgetVersion(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('compression-studio-history')
        opening.onerror = () => {
          reject(new Error('no database'))
        }
        opening.onsuccess = () => {
          const changing = opening.result.transaction('models', 'readwrite')
          changing.oncomplete = () => {
            opening.result.close()
            resolve()
          }
          const all = changing.objectStore('models').openCursor()
          all.onsuccess = () => {
            const cursor = all.result
            if (cursor === null) return
            cursor.update({ ...(cursor.value as object), arithmetic: undefined })
            cursor.continue()
          }
        }
      }),
  )
}

/** A chain of small dense layers, as the converter writes it. */
function deepModel(count: number) {
  const sample = JSON.parse(
    readFileSync('public/models/lenet-300-100/model.json', 'utf8'),
  ) as Record<string, unknown>
  const layers = Array.from({ length: count }, (_, index) => ({
    class_name: 'Dense',
    config: {
      name: `layer${index}`,
      units: 4,
      activation: 'relu',
      use_bias: true,
      ...(index === 0 ? { batch_input_shape: [null, 4] } : {}),
    },
  }))
  const weights = layers.flatMap(({ config }) => [
    { name: `${config.name}/kernel`, shape: [4, 4], dtype: 'float32' },
    { name: `${config.name}/bias`, shape: [4], dtype: 'float32' },
  ])
  const bytes = new Uint8Array(
    Float32Array.from({ length: count * 20 }, (_, index) => Math.sin(index) / 2).buffer,
  )
  return {
    json: {
      ...sample,
      modelTopology: {
        keras_version: '2.15.0',
        backend: 'tensorflow',
        model_config: { class_name: 'Sequential', config: { name: 'deep', layers } },
      },
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights }],
    },
    bytes,
  }
}
