import { statSync } from 'node:fs'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

test('from a sample to the download by touch alone, in Chinese', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: /^Pictures .* LeNet-300-100/ }).tap()
  await studio.settled()
  // The header of a phone has no room for it: the menu has.
  await page.getByRole('button', { name: /^File:/ }).tap()
  await page.getByRole('menuitem', { name: '中文' }).tap()
  const quantize = page.getByRole('switch', { name: '参数量化', exact: true })
  await quantize.locator('xpath=..').tap()
  await expect(quantize).toBeChecked()
  const bits = page.getByRole('slider', { name: '位数', exact: true })
  const field = page.getByRole('textbox', { name: '位数数值' })
  await expect(field).toHaveValue('8')
  await bits.evaluate((thumb) => {
    thumb.scrollIntoView({ block: 'center' })
  })
  const track = await bits.locator('xpath=..').boundingBox()
  if (track === null) throw new Error('no slider')
  await page.touchscreen.tap(track.x + track.width * 0.2, track.y + track.height / 2)
  await expect(field).toHaveValue('4')
  const button = page.getByRole('button', { name: /^下载 [\d.]/ })
  await expect(button).toBeEnabled({ timeout: 60_000 })
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(sideways, 'nothing scrolls sideways').toBeLessThanOrEqual(0)

  const arriving = page.waitForEvent('download')
  await button.tap()
  const path = await (await arriving).path()
  expect(statSync(path).size).toBeGreaterThan(50_000)
  await expect(page.getByRole('group', { name: '下载完成' })).toContainText('测试集')
})

test('buttons and fields are large enough for a finger', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: /^Pictures .* LeNet-300-100/ }).tap()
  await studio.settled()
  const small = await page
    .locator('.mantine-ActionIcon-root, .mantine-Button-root, .mantine-Tabs-tab, select')
    .evaluateAll((elements) =>
      elements
        .map((element) => ({ name: element.textContent, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && box.height < 44)
        .map(({ name, box }) => `${name} ${box.height}`),
    )
  expect(small).toEqual([])
})
