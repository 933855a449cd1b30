import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('the tour quantizes, prunes and says what came of it; a hand on the controls does as well', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: /^Show me around/ }).click()
  const tour = page.getByRole('region', { name: 'Tour' })
  await expect(tour).toContainText('A network that reads digits')
  await expect(tour).toContainText('on 250 validation samples', { timeout: 60_000 })
  await tour.getByRole('button', { name: 'Next' }).click()
  await expect(tour).toContainText('Quantize to 4 bits')
  await tour.getByRole('button', { name: 'Quantize to 4 bits' }).click()
  await expect(page.getByRole('textbox', { name: 'Bits value' })).toHaveValue('4')
  await studio.settled()
  await expect(tour).toContainText(/1\.60.MB → \d+.kB \(\d+\.\d× smaller\)/)

  await tour.getByRole('button', { name: 'Next' }).click()
  // Not by its button.
  await studio.switchOn('Prune')
  await expect(tour.getByText('Done')).toHaveCount(0)
  await page.getByRole('textbox', { name: 'Sparsity value' }).fill('85')
  await page.keyboard.press('Enter')
  await expect(tour.getByText('Done')).toBeVisible()

  await tour.getByRole('button', { name: 'Next' }).click()
  await tour.getByRole('button', { name: 'Predictions' }).click()
  await expect(page.getByRole('tab', { name: 'Predictions' })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await page.getByRole('button', { name: '中文' }).click()
  const chinese = page.getByRole('region', { name: '导览' })
  await expect(chinese).toContainText('看看发生了什么')
  await chinese.getByRole('button', { name: '下一步' }).click()
  await chinese.getByRole('button', { name: '结束导览' }).click()
  await expect(chinese).toHaveCount(0)
})

test('a tour goes with its model', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: /^Show me around/ }).click()
  await expect(page.getByRole('region', { name: 'Tour' })).toBeVisible()
  await page.evaluate(() => {
    location.hash = '#sample=lenet-300-100'
  })
  await expect(page.getByRole('button', { name: 'File: lenet_300_100' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Tour' })).toHaveCount(0)
})
