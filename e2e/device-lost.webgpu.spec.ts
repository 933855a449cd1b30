import { tinyCounts } from '../testing/files/small-data.ts'
import { backendInside, engineOf, loseDevice } from './support/engine-worker.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test.use({ smallData: tinyCounts })

async function measured(studio: Studio): Promise<void> {
  await expect(studio.result).toContainText(`n = ${tinyCounts.validation}`, { timeout: 120_000 })
}

test(
  'a lost device is replaced once, and left for WebAssembly after the second loss',
  { tag: '@long' },
  async ({ page }) => {
    test.setTimeout(300_000)
    const studio = new Studio(page, tinyCounts.validation)
    await studio.visit('?backend=webgpu')
    await studio.openSample('LeNet-300-100')
    await expect(page.getByRole('button', { name: /^Engine: WebGPU/ })).toBeVisible()
    expect(await backendInside(await engineOf(page))).toBe('webgpu')
    await studio.switchOn('Quantize')
    await studio.set('Bits', 3)
    await measured(studio)
    const button = page.getByRole('button', { name: /^Download [\d.]/ })
    const size = await button.textContent()

    const first = page.waitForEvent('worker', { timeout: 60_000 })
    await loseDevice(await engineOf(page))
    await first
    await expect(page.getByText(/Your settings are as they were/)).toBeVisible({ timeout: 120_000 })
    await measured(studio)
    expect(await backendInside(await engineOf(page))).toBe('webgpu')
    await expect(button).toHaveText(size ?? '')

    const second = page.waitForEvent('worker', { timeout: 60_000 })
    await loseDevice(await engineOf(page))
    await second
    await expect(page.getByText(/WebGPU was lost twice within two minutes/)).toBeVisible({
      timeout: 120_000,
    })
    await studio.settled()
    expect(await backendInside(await engineOf(page))).toBe('wasm')
    await expect(page.getByRole('button', { name: /^Engine: WebAssembly/ })).toBeVisible()
    await expect(button).toHaveText(size ?? '')
  },
)

test('a software adapter is never chosen by itself, and the page says why', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit()
  await expect(page.getByRole('button', { name: /^Engine: WebAssembly/ })).toBeVisible()
  await page.getByRole('button', { name: /^Engine:/ }).click()
  await expect(
    page.getByText(/is a software adapter, slower than WebAssembly/).first(),
  ).toBeVisible()
  expect(await backendInside(await engineOf(page))).toBe('wasm')
})
