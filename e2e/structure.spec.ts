import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

test('half the filters of a residual model are removed, recovered from its own teaching, and load in stock TensorFlow.js', async ({
  page,
}) => {
  test.setTimeout(400_000)
  const studio = new Studio(page)
  await rememberTraining(page, { epochs: 1, learningRate: 4e-3 })
  await studio.visit('?backend=wasm')
  await studio.openSample('Fashion CNN')
  await studio.settled()

  // What goes together is told for each layer.
  await page.getByRole('button', { name: /^block1_pointwise\b/ }).click()
  await expect(page.getByRole('note', { name: 'What goes together' })).toContainText(
    'Together with stem_conv',
  )

  const card = page.getByRole('region', { name: 'Remove filters and neurons' })
  await card.getByRole('button', { name: 'Choose what goes' }).click()
  const protection = card.getByRole('switch', { name: 'Leave the first layer whole' })
  await protection.press('Space')
  await expect(protection).not.toBeChecked()
  await expect(card.getByRole('status', { name: 'What is left' })).toContainText('stem_conv 16 →')
  await card.getByRole('button', { name: 'Remove them' }).click()
  await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
  const teaching = page.getByRole('region', { name: 'Knowledge distillation' })
  await expect(teaching.getByText(/parameters · Validation: 9\d\.\d+/)).toBeVisible({
    timeout: 90_000,
  })
  await studio.settled()

  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(/was the best and is in use/)).toBeVisible({ timeout: 240_000 })
  await studio.settled()
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.get('stem_conv/kernel')?.length).toBeLessThan(9 * 16)
  const after = Number(/→\s*([\d.]+)\s?%/.exec(await text(studio))?.[1])
  expect(after).toBeGreaterThan(85)

  await card.getByRole('button', { name: 'Back to the whole model' }).click()
  await expect(card.getByText(/^Cut from/)).toHaveCount(0)
  await studio.settled()
})

async function text(studio: Studio): Promise<string> {
  return ((await studio.result.textContent()) ?? '').replaceAll('\u00a0', ' ')
}
