import { accessibilityFaults } from './support/axe.ts'
import { followScheme } from './support/color-scheme.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { smallTargets } from './support/touch-targets.ts'

test(
  'a layer in the graph is the layer in the list, by mouse and by keyboard, also after a reload',
  { tag: '@long' },
  async ({ page }) => {
    await Studio.withSample(page, 'Fashion CNN')
    const layers = page.getByRole('region', { name: 'Layers' })
    await layers.getByText('Graph', { exact: true }).click()
    const graph = page.getByRole('application', { name: /^Graph of/ })
    await expect(graph.getByRole('button', { name: /^image, InputLayer/ })).toBeVisible()
    await graph.getByRole('button', { name: /^stem_conv, Conv2D/ }).click()
    await expect(page.getByRole('figure')).toBeVisible()
    const row = layers.getByRole('button', { name: /^stem_conv/, pressed: true })
    await expect(row.last()).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await expect(graph.getByRole('button', { name: /^stem_norm/ })).toBeFocused()
    await page.keyboard.press('Enter')
    await layers.getByRole('button', { name: 'Show in the list' }).click()
    await expect(
      layers.getByRole('listitem').getByRole('button', { name: /^stem_norm/, pressed: true }),
    ).toBeInViewport()

    await layers.getByText('Graph', { exact: true }).click()
    await page.getByRole('button', { name: 'Enlarge the graph' }).click()
    const dialog = page.getByRole('dialog', { name: /^Graph of/ })
    const large = dialog.getByRole('application')
    await large.getByRole('button', { name: /^stem_norm/ }).focus()
    await page.keyboard.press('0')
    await expect(large.getByRole('button')).not.toHaveCount(0)
    await expect(dialog.getByRole('status')).not.toHaveText('100\u00A0%')
    expect(await accessibilityFaults(page), 'large').toEqual([])
    await page.keyboard.press('Escape')
    await page.reload()
    await expect(graph).toBeVisible({ timeout: 60_000 })
  },
)

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

  test(
    'the graph has no fault and room for a finger, in both languages',
    { tag: '@long' },
    async ({ page }) => {
      await Studio.withSample(page, 'Fashion CNN')
      await page.getByRole('button', { name: /^Layers \(/ }).tap()
      await page.getByText('Graph', { exact: true }).tap()
      const graph = page.getByRole('application')
      await graph.getByRole('button', { name: /^stem_conv/ }).tap()
      await expect(graph.getByRole('button', { pressed: true })).toHaveCount(1)
      for (const colorScheme of ['light', 'dark'] as const) {
        await followScheme(page, colorScheme)
        expect(await accessibilityFaults(page), colorScheme).toEqual([])
      }
      // What is too small for a finger comes nearer first, and what is chosen stays.
      await page.getByRole('button', { name: 'Show everything' }).tap()
      const scale = page.getByRole('status', { name: /of full size/ })
      await expect(scale).not.toHaveText('100\u00A0%')
      const small = graph.getByRole('button', { name: /^stem_norm/ })
      await small.tap()
      await expect(scale).toHaveText('100\u00A0%')
      await expect(graph.getByRole('button', { name: /^stem_norm/, pressed: true })).toHaveCount(0)
      expect(await smallTargets(page)).toEqual([])
      await page.getByRole('button', { name: /^File:/ }).tap()
      await page.getByRole('menuitem', { name: '中文' }).tap()
      await expect(graph.getByRole('button', { name: /存储/ })).not.toHaveCount(0)
      expect(await accessibilityFaults(page), 'Chinese').toEqual([])
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width).toBeLessThanOrEqual(390)
      expect(await smallTargets(page, page.getByRole('region', { name: '层' }))).toEqual([])
    },
  )
})
