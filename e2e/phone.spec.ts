import { statSync } from 'node:fs'
import type { Locator } from '@playwright/test'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { mobileGraph } from '../testing/files/converted-graphs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { smallTargets, standsStill } from './support/touch-targets.ts'

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

test('one tap makes it small, in Chinese: the first result, the map, what was found, its use', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: /^Pictures .* LeNet-300-100/ }).tap()
  await studio.settled()
  await page.getByRole('button', { name: /^File:/ }).tap()
  await page.getByRole('menuitem', { name: '中文' }).tap()
  const card = page.getByRole('region', { name: '一键压缩' })
  await card.getByRole('button', { name: '一键压缩' }).tap()
  const search = card.getByRole('group', { name: '搜索' })
  // There before any layer was looked at.
  await expect(search).toContainText(/(?:目前最佳|目前最接近).*kB → [\d.]+\u00A0kB/, {
    timeout: 60_000,
  })
  await expect(card.getByText(/^正在尝试设置/)).toBeVisible({ timeout: 60_000 })
  await card.getByRole('button', { name: '每一层能承受多少' }).tap()
  await expect(card.getByRole('gridcell', { name: /^dense1，/ }).first()).toBeVisible()
  await expect.poll(() => triedIn(search), { timeout: 60_000 }).toBeLessThan(100)
  await card.getByRole('button', { name: '停止并采用最佳' }).tap()
  await expect(search).toContainText(/^已停止，测过 \d+ 组设置。/)
  await expect(search).toContainText('正在使用')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(await smallTargets(page)).toEqual([])
})

/** kB of what was found so far. */
async function triedIn(search: Locator): Promise<number> {
  return Number(/→ ([\d.]+)\u00A0kB/.exec((await search.textContent()) ?? '')?.[1])
}

test('everything that can be touched is large enough for a finger, also in the layers, which are folded', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const sample = page.getByRole('button', { name: /^Pictures .* LeNet-300-100/ })
  await expect(sample).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(await smallTargets(page)).toEqual([])
  await sample.tap()
  await studio.settled()
  // The layers are folded where there is one column.
  const layers = page.getByRole('region', { name: 'Layers' })
  await expect(layers.getByRole('button', { name: /dense1/ })).toHaveCount(0)
  await layers.getByRole('button', { name: 'Layers (4)' }).tap()
  await layers.getByRole('button', { name: /^dense1/ }).tap()
  await expect(layers.getByText('1 of 3 layers selected')).toBeVisible()
  for (const name of ['Prune', 'Quantize', 'Knowledge distillation'])
    await page.getByRole('switch', { name, exact: true }).locator('xpath=..').tap()
  const folds = page.locator('button[aria-expanded=false]:not([aria-haspopup])')
  while ((await folds.count()) > 0) {
    // A fold that opens moves what a finger is on its way to.
    await standsStill(page)
    await folds.first().tap()
  }
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await studio.settled()
  expect(await smallTargets(page)).toEqual([])
  const tabs = [
    ['Weights', page.getByRole('slider', { name: 'Threshold on the histogram' })],
    ['Accuracy vs size', page.getByRole('button', { name: 'Sweep bits', exact: true })],
    ['Predictions', page.getByRole('button', { name: 'Measure speed' })],
  ] as const
  for (const [tab, shown] of tabs) {
    await page.getByRole('tab', { name: tab, exact: true }).tap()
    await expect(shown).toBeVisible()
    expect(await smallTargets(page), tab).toEqual([])
  }
  await page.getByRole('tab', { name: 'Compare', exact: true }).tap()
  await page.getByRole('button', { name: 'Pin these settings' }).tap()
  await expect(
    page.getByRole('button', { name: 'Look at the samples that A changed' }),
  ).toBeVisible()
  expect(await smallTargets(page), 'Compare').toEqual([])
})

test('a long name of a block makes the page no wider', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const { json, shards } = mobileGraph()
  const long = `a/${'expanded_'.repeat(8)}add`
  const text = JSON.stringify(json).replaceAll('"a/add"', JSON.stringify(long))
  await dropOnPage(
    page,
    writeFiles(new Map<string, Uint8Array | string>([['model.json', text], ...shards])),
  )
  await expect(studio.result).toContainText('on synthetic inputs', { timeout: 60_000 })
  await page.getByRole('button', { name: /^Structured pruning/ }).tap()
  await expect(
    page.getByRole('checkbox', { name: new RegExp(`^${long}: a residual`) }),
  ).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})
