import { statSync } from 'node:fs'
import { formatBytes } from '../src/ui-kit/format-number.ts'
import type { Locator, Page } from '@playwright/test'
import { shapeNames, shapePictures, shapesModel, zipOf } from '../testing/files/foreign-data.ts'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { keptSession } from './support/kept-session.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('a foreign model and pictures, one click, closed in mid-run, gone on, a cell of the map, a file', async ({
  page,
}) => {
  test.setTimeout(240_000)
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [writeFolder('shapes', shapesModel())])
  await expect(studio.result).toContainText('Agreement on synthetic inputs', { timeout: 60_000 })
  const card = page.getByRole('region', { name: 'Make it small' })
  await expect(card.getByText(/That is not accuracy/)).toBeVisible()
  await dropOnPage(page, writeFiles(new Map([['forms.zip', zipOf(shapePictures(100))]])))
  await expect(studio.result).toContainText('validation split, n = 20, forms', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Classes' }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Names of the outputs…' }).click()
  await (await choosing).setFiles(writeFiles(new Map([['labels.txt', shapeNames()]])))
  // Names that arrive later would end the search.
  await expect(page.getByRole('combobox', { name: 'Output for cross' })).toHaveValue('2')
  await page.getByRole('button', { name: 'Search preparations and class orders' }).click()
  const best = page.getByRole('row', { name: /^−1 to 1, BGR, Stretch, .* names of the outputs/ })
  await best.getByRole('button', { name: 'Use' }).click({ timeout: 60_000 })
  await expect(best).toContainText('in use')
  await page.getByRole('switch', { name: 'Keep over a reload' }).press('Space')
  await expect(page.getByText('It is also stored in this browser')).toBeVisible()
  await expect.poll(async () => (await keptSession(page))?.open.place.data?.files).toBeDefined()

  await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
  // The best that settings can do which are the same for all layers.
  await page.getByRole('button', { name: 'Sweep bits and sparsity', exact: true }).click()
  await expect(page.getByText(/Sweep bits and sparsity: \d/)).toBeVisible()
  await expect(page.getByText(/Sweep bits and sparsity: \d/)).toHaveCount(0, { timeout: 90_000 })
  const uniform = page.getByRole('group', { name: 'The smallest within a loss' })
  const leastUniform = await bytesIn(uniform.locator('strong'))

  // Paused after a few settings, and the tab is closed.
  await card.getByText('1', { exact: true }).click()
  await card.getByRole('button', { name: 'Make it small' }).click()
  const search = card.getByRole('group', { name: 'The search' })
  await expect(search).toContainText('Best so far', { timeout: 60_000 })
  await card.getByRole('button', { name: 'Pause' }).click()
  await expect(card.getByText(/^Paused after \d+ settings?/)).toBeVisible()
  const paused = Number(
    /\d+/.exec((await card.getByText(/^Paused after/).textContent()) ?? '')?.[0],
  )
  await expect.poll(() => storedSearch(page)).toBe(paused)
  await page.reload()
  await expect(
    card.getByText(new RegExp(`^A search was cut short after ${paused} settings?;`)),
  ).toBeVisible({
    timeout: 60_000,
  })
  await expect(search).toContainText(/Best so far|came nearest/)
  await card.getByRole('button', { name: 'Go on' }).click()
  await expect(card.getByText(/^Done after \d+ settings?/)).toBeVisible({ timeout: 120_000 })
  await expect(search).toContainText('In use')
  await expect(search).toContainText(/Chosen on the validation split, n = 20/)
  const measured = /^Done after (\d+) settings/.exec((await search.textContent()) ?? '')?.[1]
  expect(Number(measured)).toBeLessThanOrEqual(25)
  await expect(search).toContainText('not distinguishable from none')

  // What is in use is what is downloaded, and a stock TensorFlow.js reads it.
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
  const { path } = await studio.download()
  const { size } = statSync(path)
  await expect(search).toContainText(`→ ${formatBytes(size)}`)
  expect(size).toBeLessThan(leastUniform)
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.size).toBeGreaterThan(0)
  await expect(page.getByText('Accuracy, test split, n = 20')).toBeVisible({ timeout: 60_000 })

  // One layer does as a cell of the map says, and Undo takes it back.
  await card.getByRole('button', { name: 'What each layer bears' }).click()
  const cell = card.getByRole('gridcell', { name: /, 2 bits: / }).first()
  await cell.click({ timeout: 60_000 })
  await expect(search.getByRole('button', { name: 'Use these settings' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(search).toContainText('In use')
})

/** How many settings the search that this browser keeps has measured; null: it keeps none. */
function storedSearch(page: Page): Promise<number | null> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('compression-studio-history')
        opening.onsuccess = () => {
          const all = opening.result.transaction('models').objectStore('models').getAll()
          all.onsuccess = () => {
            const found = /"search":\{.*?"done":(\d+),"total"/.exec(JSON.stringify(all.result))
            resolve(found === null ? null : Number(found[1]))
          }
        }
      }),
  )
}

/** A size as the page tells it. */
async function bytesIn(told: Locator): Promise<number> {
  const [figure, unit] = ((await told.textContent()) ?? '').split('\u00a0')
  return Number(figure) * ({ B: 1, kB: 1e3, MB: 1e6 }[unit ?? ''] ?? NaN)
}
