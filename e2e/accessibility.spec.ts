import type { Page } from '@playwright/test'
import { accessibilityFaults } from './support/axe.ts'
import { followScheme } from './support/color-scheme.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

// Every look of axe is a second or more of a free processor.
test.setTimeout(300_000)

const desk = { width: 1440, height: 900 }
/** Its one column has the room of a desk. */
const tablet = { width: 768, height: 900 }
const phone = { width: 390, height: 844 }

async function sideways(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
}

test('first visit and studio, light and dark, from a desk to a phone', async ({ page }) => {
  const faultsAt = async (where: string, size: typeof desk): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await followScheme(page, colorScheme)
      const what = `${where}, ${colorScheme}, ${size.width} px`
      expect(await accessibilityFaults(page), what).toEqual([])
    }
  }
  await page.setViewportSize(desk)
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await expect(page.getByRole('button', { name: /^Pictures .* LeNet-5/ })).toBeVisible()
  for (const size of [phone, desk]) {
    await page.setViewportSize(size)
    await faultsAt('first visit', size)
  }
  await studio.openSample('LeNet-5')
  await studio.settled()
  await studio.switchOn('Prune')
  await studio.switchOn('Quantize')
  await studio.settled()
  for (const size of [desk, tablet, phone]) {
    await page.setViewportSize(size)
    await expect.poll(() => sideways(page), `sideways at ${size.width} px`).toBeLessThanOrEqual(0)
    if (size !== tablet) await faultsAt('studio', size)
  }
})

test('the main path works by keyboard alone', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const sample = page.getByRole('button', { name: /^Pictures .* LeNet-300-100/ })
  await expect(sample).toBeVisible()
  for (let i = 0; i < 30 && !(await sample.evaluate((el) => el === document.activeElement)); i++)
    await page.keyboard.press('Tab')
  await expect(sample).toBeFocused()
  await page.keyboard.press('Enter')
  await studio.settled()
  const quantize = page.getByRole('switch', { name: 'Quantize', exact: true })
  await quantize.focus()
  await page.keyboard.press('Space')
  await expect(quantize).toBeChecked()
  await studio.press('Bits', 'ArrowLeft', 4)
  await studio.settled()
  const arriving = page.waitForEvent('download')
  await page.keyboard.press('Control+s')
  expect((await arriving).suggestedFilename()).toMatch(/\.zip$/)
})

test('menus, dialogs, errors and Chinese have no fault either', async ({ page }) => {
  await Studio.withSample(page, 'LeNet-300-100')

  await page.getByRole('button', { name: /^File:/ }).click()
  await expect(page.getByRole('menuitem', { name: 'Open files…' })).toBeVisible()
  expect(await accessibilityFaults(page), 'menu').toEqual([])
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Snapshots' }).click()
  await expect(page.getByRole('textbox', { name: 'Name of these settings' })).toBeVisible()
  expect(await accessibilityFaults(page), 'snapshots').toEqual([])
  await page.keyboard.press('Escape')

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  expect(await accessibilityFaults(page), 'dialog').toEqual([])
  await page.keyboard.press('Escape')

  await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
  await page.getByRole('button', { name: 'Sweep bits', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toBeVisible()
  expect(await accessibilityFaults(page), 'sweep').toEqual([])
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()

  await page.evaluate(() => {
    location.hash = '#sample=lenet-5&settings=broken'
  })
  await expect(page.getByRole('alert')).toContainText('The link is not whole')
  expect(await accessibilityFaults(page), 'error').toEqual([])

  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByRole('alert')).toContainText('链接不完整')
  await followScheme(page, 'dark')
  // Without the tooltip of the button.
  await page.mouse.move(0, 0)
  await expect(page.getByRole('tooltip')).toHaveCount(0)
  expect(await accessibilityFaults(page), 'Chinese, dark').toEqual([])
})

test('a model that loads, the tour, images of weights and a run have no fault', async ({
  page,
}) => {
  // A run that lasts until it is cancelled.
  await rememberTraining(page, { epochs: 1000, batchSize: 16 })
  const studio = new Studio(page)
  let letGo: () => void = () => undefined
  const held = new Promise<void>((done) => {
    letGo = done
  })
  await page.route('**/models/lenet-5/*.bin', async (route) => {
    await held
    await route.continue()
  })
  await studio.visit('?backend=wasm')
  await page.getByRole('button', { name: /^Show me around/ }).click()
  await expect(page.getByRole('progressbar')).toBeVisible()
  expect(await accessibilityFaults(page), 'loading').toEqual([])
  letGo()

  const tour = page.getByRole('region', { name: 'Tour' })
  await expect(tour).toBeVisible({ timeout: 90_000 })
  await studio.settled()
  expect(await accessibilityFaults(page), 'tour').toEqual([])
  await tour.getByRole('button', { name: 'Skip the tour' }).click()
  await expect(tour).toHaveCount(0)

  await page.getByRole('button', { name: 'Per class and confusion' }).click()
  await expect(page.getByRole('table', { name: /^Confusion of/ })).toBeVisible()
  expect(await accessibilityFaults(page), 'confusion').toEqual([])

  await page.getByRole('tab', { name: 'Weights' }).click()
  await page.getByText('Images', { exact: true }).click()
  await expect(page.getByRole('img', { name: /^Kernels of/ })).toBeVisible()
  expect(await accessibilityFaults(page), 'images').toEqual([])

  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect(page.getByText(/[\d.]+ samples\/s/)).toBeVisible()
  expect(await accessibilityFaults(page), 'training').toEqual([])
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0)
})
