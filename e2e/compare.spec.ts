import { writeFileSync } from 'node:fs'
import { encode } from 'fast-png'
import { dropOnPage } from '../testing/browser/drop.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { accessibilityFaults } from './support/axe.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { testImages } from './support/test-images.ts'

test('changed predictions, a paired test in words, a drawn digit, a picture and the speed, without a fault for axe', async ({
  page,
}, info) => {
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await page.getByRole('tab', { name: 'Predictions' }).click()
  await expect(page.getByText('Both are right on exactly the same samples.')).toBeVisible()
  await studio.switchOn('Quantize')
  await studio.set('Bits', 2)
  await page.getByText('Min–max', { exact: true }).click()
  await studio.settled()
  await expect(page.getByText(/The compressed model is worse, by more than chance/)).toBeVisible()
  await expect(page.getByText(/Validation was used for choosing/)).toBeVisible()

  await expect(page.getByText(/^Now wrong \d/)).toBeVisible({ timeout: 30_000 })
  const tiles = page.getByRole('region', { name: 'Predictions that changed' }).getByRole('listitem')
  await expect(tiles).toHaveCount(24)
  await expect(tiles.first()).toContainText(/Label.*Original.*✓.*Compressed.*✗/)

  await page.getByRole('button', { name: /^By class/ }).click()
  const arriving = page.waitForEvent('download')
  await page.getByRole('tabpanel').getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'Numbers (CSV)' }).click()
  expect((await arriving).suggestedFilename()).toBe('lenet_300_100-classes.csv')

  const pad = page.getByRole('application')
  await pad.scrollIntoViewIfNeeded()
  const box = await pad.boundingBox()
  if (box === null) throw new Error('no pad')
  // A seven.
  await page.mouse.move(box.x + 60, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + 140, box.y + 40, { steps: 5 })
  await page.mouse.move(box.x + 90, box.y + 160, { steps: 5 })
  await page.mouse.up()
  await expect(page.getByText(/^Original says 7 \(/)).toBeVisible()
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await expect(page.getByText('Nothing drawn yet.')).toBeVisible()
  // A one, by the keyboard.
  await pad.focus()
  await page.keyboard.press('Space')
  for (let step = 0; step < 17; step++) await page.keyboard.press('ArrowDown')
  await expect(page.getByText(/^Original says 1 \(/)).toBeVisible()

  // A picture dropped by itself is a question, not other data.
  const { images, labels } = testImages('mnist')
  const pixels = Uint8Array.from(images.slice(0, 1).dataSync(), (value) => Math.round(255 * value))
  images.dispose()
  const picture = info.outputPath('picture.png')
  writeFileSync(picture, encode({ width: 28, height: 28, data: pixels, channels: 1 }))
  await dropOnPage(page, [picture])
  const asked = page.getByRole('region', { name: 'Ask about a picture' })
  await expect(asked.getByRole('status')).toContainText(`Original says ${labels[0]} (`)
  await expect(asked.getByRole('img', { name: 'The picture as the models see it' })).toBeVisible()
  await expect(page.getByText('MNIST: training split')).toBeVisible()

  await page.getByRole('button', { name: 'Measure speed' }).click()
  await expect(page.getByRole('cell', { name: 'wasm' })).toHaveCount(2, { timeout: 60_000 })
  expect(await accessibilityFaults(page)).toEqual([])
})

test('settings of one layer change the bytes of that layer alone', async ({ page }) => {
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await studio.switchOn('Quantize')
  await studio.set('Bits', 4)
  await studio.settled()
  const before = await loadZipWithStockTfjs((await studio.download()).path)

  await page.getByRole('checkbox', { name: 'Choose dense2 with others' }).click()
  const own = page.getByRole('group', { name: 'Only for dense2' })
  await own.getByRole('combobox', { name: 'Bits' }).selectOption('8')
  await studio.settled()
  const after = await loadZipWithStockTfjs((await studio.download()).path)
  const differing = [...before.weights]
    .filter(
      ([name, values]) => !values.every((value, at) => value === after.weights.get(name)?.[at]),
    )
    .map(([name]) => name)
  expect(differing).toEqual(['dense2/kernel'])
  expect(new Set(before.weights.get('dense2/kernel')).size).toBeLessThanOrEqual(16)
  expect(new Set(after.weights.get('dense2/kernel')).size).toBeGreaterThan(16)

  await page.keyboard.press('Control+z')
  await expect(page.getByText('own settings')).toHaveCount(0)
  await page.keyboard.press('Control+Shift+z')
  await expect(page.getByText('own settings')).toBeVisible()
  await own.getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByText('own settings')).toHaveCount(0)
})

test('the threshold is drawn on the histogram and can be taken there, by mouse and by keyboard', async ({
  page,
}) => {
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await studio.switchOn('Prune')
  await studio.settled()
  await page.getByRole('tab', { name: 'Weights' }).click()
  const line = page.getByRole('slider', { name: 'Threshold on the histogram' })
  const sparsity = page.getByRole('textbox', { name: 'Sparsity value' })
  await expect(sparsity).toHaveValue('50.0')
  await line.press('Shift+ArrowRight')
  await expect(sparsity).not.toHaveValue('50.0')
  await studio.settled()
  const before = Number(await sparsity.inputValue())
  expect(before).toBeGreaterThan(50)

  const box = await line.boundingBox()
  if (box === null) throw new Error('no line')
  await page.mouse.move(box.x + box.width / 2, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + 100, { steps: 6 })
  await page.mouse.up()
  await studio.settled()
  expect(Number(await sparsity.inputValue())).toBeGreaterThan(before)
  // One step back for the whole of the drag.
  await page.keyboard.press('Control+z')
  await expect(sparsity).toHaveValue(before.toFixed(1))
})
