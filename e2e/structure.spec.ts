import { trainedResidualModel } from '../testing/models/bar-model.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import type { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { barFiles, openBars, rememberTraining } from './support/training.ts'

test('half the filters of a residual model are removed, recovered from its own teaching, and load in stock TensorFlow.js', async ({
  page,
}, info) => {
  test.setTimeout(240_000)
  await rememberTraining(page, { epochs: 8, batchSize: 16, learningRate: 0.01, shift: 0 })
  const files = await barFiles(info, 400, true, trainedResidualModel)
  const studio = await openBars(page, 'wasm', files)

  // What goes together is told for each layer.
  await page.getByRole('button', { name: /^block1_pointwise\b/ }).click()
  await expect(page.getByRole('note', { name: 'What goes together' })).toContainText(
    'Together with stem_conv',
  )

  await measured(studio)
  const opened = before(await text(studio))
  expect(opened).toEqual([
    expect.stringMatching(/kB$/),
    expect.stringMatching(/^(?:9\d\.\d+|100\.00) %$/),
  ])
  const card = page.getByRole('region', { name: 'Structured pruning (whole filters and neurons)' })
  await card.getByRole('button', { name: /^Structured pruning/ }).click()
  const protection = card.getByRole('switch', { name: 'Leave the first layer whole' })
  await protection.press('Space')
  await expect(protection).not.toBeChecked()
  await expect(card.getByRole('status', { name: 'What is left' })).toContainText('stem_conv 6 →')
  await card.getByRole('button', { name: 'Remove them' }).click()
  await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
  const teaching = page.getByRole('region', { name: 'Knowledge distillation' })
  await expect(teaching.getByText(/parameters · Validation: (?:9\d\.\d+|100)/)).toBeVisible({
    timeout: 90_000,
  })
  await measured(studio)
  // What was opened stays what everything is compared with.
  expect(before(await text(studio))).toEqual(opened)
  await expect(studio.result).toContainText('filters removed; what is left, as float32')

  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(/was the best and is in use/)).toBeVisible({ timeout: 120_000 })
  await measured(studio)
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.get('stem_conv/kernel')?.length).toBeLessThan(9 * 6)
  const after = Number(/→\s*([\d.]+)\s?%/.exec(await text(studio))?.[1])
  expect(after).toBeGreaterThan(85)
  expect(before(await text(studio))).toEqual(opened)
  await expect(page.getByText(/^Filters were removed: \d+ of \d+ parameters/)).toBeVisible()
  const report: unknown = JSON.parse(new TextDecoder().decode(stock.files.get('report.json')))
  expect(report).toMatchObject({
    removed: {
      layers: [
        { name: 'stem_conv', before: 6 },
        { name: 'block1_pointwise', before: 6 },
      ],
    },
  })

  await card.getByRole('button', { name: 'Back to the whole model' }).click()
  await expect(card.getByText(/^Cut from/)).toHaveCount(0)
  await measured(studio)
})

/** Size and accuracy in front of the arrows. */
function before(answer: string): (string | undefined)[] {
  return [/([\d.]+ kB)→/.exec(answer)?.[1], /([\d.]+ %)→/.exec(answer)?.[1]]
}

async function text(studio: Studio): Promise<string> {
  return ((await studio.result.textContent()) ?? '').replaceAll('\u00a0', ' ')
}

/** All 80 samples of the validation split, with the settings on the page. */
async function measured(studio: Studio): Promise<void> {
  await expect(studio.result).toContainText('n = 80', { timeout: 60_000 })
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
  await expect(studio.page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
}
