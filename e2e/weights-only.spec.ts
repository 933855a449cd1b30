import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { pythonLayer } from './support/malformed-models.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('a model that cannot run opens for its weights, says why, and downloads smaller', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, writeFiles(pythonLayer.files))
  await expect(studio.result).toContainText('not measured: the model cannot run here', {
    timeout: 60_000,
  })
  await expect(page.getByText(pythonLayer.says, { exact: true })).toBeVisible()
  await studio.switchOn('Quantize')
  await expect(studio.result).toContainText(/smaller/)
  await studio.download()
  await expect(page.getByText(/The weights in the file were compared one by one/)).toBeVisible()
})
