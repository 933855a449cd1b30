import { statSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { accessibilityFaults } from './support/axe.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test(
  'two settings are pinned, differ in words and answers, are kept, and one is downloaded beside the other',
  { tag: '@long' },
  async ({ page }) => {
    const studio = await Studio.withSample(page, 'LeNet-300-100')
    await studio.switchOn('Quantize')
    await studio.settled()
    await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
    await page.getByRole('button', { name: 'Pin these settings' }).press('Enter')
    await studio.set('Bits', 2)
    await studio.settled()
    await page.getByRole('tab', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'Pin these settings' }).press('Enter')
    const table = page.getByRole('table', { name: 'Candidates' })
    const [eight, two] = [/^A /, /^B /].map((name) => table.getByRole('row', { name }))
    if (eight === undefined || two === undefined) throw new Error('no rows')
    for (const row of [eight, two])
      await expect(row).toContainText('validation split, n = 250, wasm', { timeout: 60_000 })
    await expect(eight).not.toContainText('In use')
    await expect(two).toContainText('In use')
    // The same bytes as the button has for the same settings.
    const button = page.getByRole('button', { name: /^Download [\d.]/ })
    const size = /[\d.]+\skB/.exec((await button.textContent()) ?? '')?.[0] ?? 'none'
    await expect(two).toContainText(`exact${size}`)

    const pair = page.getByRole('region', { name: 'What differs' })
    await expect(pair.getByRole('listitem')).toHaveText([
      '2 bits instead of 8',
      'ranges of least error instead of from min to max',
    ])
    await expect(pair).toContainText(
      /On the same 250 samples A alone is right on \d+, B alone on \d/,
    )
    await table.getByRole('textbox', { name: 'Name of A' }).fill('safe')
    await page.keyboard.press('Enter')
    await two.getByRole('button', { name: 'Look at the samples that B changed' }).press('Enter')
    const flips = page.getByRole('dialog', { name: 'Samples that B changed' })
    await expect(flips.getByText(/^Now wrong \d+$/)).toBeVisible()
    await page.keyboard.press('Escape')
    expect(await accessibilityFaults(page)).toEqual([])

    // Measured once, and kept with the model.
    await expect.poll(() => keptNames(page)).toEqual(['safe', ''])
    await page.reload()
    await page.getByRole('tab', { name: 'Compare' }).click({ timeout: 60_000 })
    await expect(eight).toContainText('validation split, n = 250, wasm', { timeout: 60_000 })
    await studio.settled()
    await expect(table.getByRole('textbox', { name: 'Name of A' })).toHaveValue('safe')
    const shown = /exact([\d.]+)\skB/.exec((await eight.textContent()) ?? '')?.[1] ?? ''
    const arriving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download A as smallest exact' }).press('Enter')
    const { size: bytes } = statSync(await (await arriving).path())
    expect((bytes / 1000).toPrecision(3)).toBe(shown)
    const report = page.getByRole('group', { name: 'Finished download' })
    await expect(report).toContainText('Settings of this file: 8-bit affine')
    await expect(page.getByRole('textbox', { name: 'Bits value' })).toHaveValue('2')

    // On a phone, in Chinese.
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByRole('button', { name: /^File:/ }).click()
    await page.getByRole('menuitem', { name: '中文' }).click()
    await expect(page.getByRole('region', { name: '有什么不同' })).toContainText(
      '2 位，而不是 8 位',
    )
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(sideways, 'nothing scrolls sideways').toBeLessThanOrEqual(0)
  },
)

/** Names of what the browser keeps as pinned. */
function keptNames(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    () =>
      new Promise<readonly string[]>((resolve) => {
        const opening = indexedDB.open('compression-studio-history')
        opening.onsuccess = () => {
          const all = opening.result.transaction('models').objectStore('models').getAll()
          all.onsuccess = () => {
            opening.result.close()
            const kept = all.result as { candidates?: { name: string; result: unknown }[] }[]
            const found = kept.flatMap(({ candidates = [] }) => candidates)
            resolve(found.flatMap(({ name, result }) => (result === null ? [] : name)))
          }
        }
      }),
  )
}
