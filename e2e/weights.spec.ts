import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('kernels are small images in which pruned weights are seen, and dense layers heat maps', async ({
  page,
}) => {
  const studio = await Studio.withSample(page, 'LeNet-5')
  await page.getByRole('tab', { name: 'Weights' }).click()
  await page.getByText('Images', { exact: true }).click()
  const kernels = page.getByRole('img', { name: /^Kernels of conv1\/kernel, Compressed: 0\.0 %/ })
  await expect(kernels).toBeVisible()
  const zeroPixels = (): Promise<number> =>
    page.locator('canvas[role=img]').evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('no canvas')
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      let found = 0
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === 190 && data[at + 1] === 196 && data[at + 2] === 202) found++
      return found
    })
  expect(await zeroPixels()).toBe(0)
  await studio.switchOn('Prune')
  await page.getByRole('slider', { name: 'Sparsity', exact: true }).press('End')
  await expect(
    page.getByRole('img', { name: /^Kernels of conv1\/kernel, Compressed: [5-9]\d\.\d %/ }),
  ).toBeVisible()
  expect(await zeroPixels()).toBeGreaterThan(1_000)
  await page.getByRole('radiogroup', { name: 'Whose weights' }).getByText('Original').click()
  await expect(page.getByRole('img', { name: /Original: 0\.0 %/ })).toBeVisible()
  await expect.poll(zeroPixels).toBe(0)

  await page.getByLabel('Tensor', { exact: true }).selectOption('dense2/kernel')
  const map = page.getByRole('img', { name: /^Heat map of dense2\/kernel/ })
  await expect(map).toBeVisible()
  await map.hover({ position: { x: 0, y: 4 } })
  await expect(page.getByText(/^Output 0, input 0: .* → /)).toBeVisible()
  // The layer is chosen on the whole page.
  await expect(page.getByText('1 of 4 layers selected')).toBeVisible()

  await page.getByRole('button', { name: 'Show as table' }).click()
  await expect(page.getByRole('row')).toHaveCount(11)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'Numbers (CSV)' }).click()
  const file = await (await download).createReadStream()
  const text = Buffer.concat(await file.toArray()).toString()
  expect(text.split('\n')[0]).toContain('tensor,output,weights,zerosOriginal')
  expect(text.split('\n')).toHaveLength(11)
})
