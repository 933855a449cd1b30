import { dropOnPage } from '../testing/browser/drop.ts'
import { malformedModels } from './support/malformed-models.ts'
import { sampleBytes } from '../testing/models/sample-files.ts'
import { writeFolder, writeZip } from '../testing/browser/write-files.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('every malformed model gets its sentence, and the open model stays open', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await studio.openSample('LeNet-300-100')
  await studio.settled()
  const before = await studio.result.textContent()
  for (const { what, files, says } of malformedModels) {
    await test.step(what, async () => {
      await dropOnPage(page, [writeFolder('broken', files)])
      await expect(
        page.getByRole('alert').getByText(`broken/${says}`, { exact: true }),
      ).toBeVisible()
      await studio.settled()
      expect(await studio.result.textContent()).toBe(before)
      await page.getByRole('button', { name: 'Dismiss' }).click()
      await expect(page.getByRole('alert')).toHaveCount(0)
    })
  }

  // A zip without any weight file.
  const files = sampleBytes('lenet-5')
  await dropOnPage(page, [
    writeZip('no-weights', new Map([['model.json', files.get('model.json') ?? new Uint8Array()]])),
  ])
  await expect(
    page.getByText(/needs 1 weight files, 0 arrived. Still missing: group1-shard1of1.bin\.$/),
  ).toBeVisible()
})
