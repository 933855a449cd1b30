import { accessibilityFaults } from './support/axe.ts'
import { engineOf, slowDown, withoutOwnKernels } from './support/engine-worker.ts'
import { unzipped } from './support/stock-tfjs.ts'
import { Studio, WHOLE_VALIDATION } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('a hung worker is replaced and the model comes back with its settings', async ({ page }) => {
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await studio.switchOn('Quantize')
  await studio.set('Bits', 4)
  await studio.settled()
  const before = await studio.result.textContent()

  // The silence that counts as a hang need not be waited for: the page's clock is moved by hand.
  await page.clock.install()
  const hung = await engineOf(page)
  const replaced = page.waitForEvent('worker', { timeout: 90_000 })
  hung
    .evaluate(() => {
      for (;;);
    })
    // It never answers: the page ends the worker.
    .catch(() => undefined)
  // Some work that the worker owes an answer for.
  await studio.press('Bits', 'ArrowLeft', 1)
  await page.clock.runFor(15_000)
  await replaced
  await expect(page.getByText(/Your settings are as they were/)).toBeVisible({
    timeout: 90_000,
  })
  await studio.press('Bits', 'ArrowRight', 1)
  await studio.settled()
  expect(await studio.result.textContent()).toBe(before)
})

test.describe('with enough data for a while', () => {
  test.use({ smallData: null })

  test('a slow worker is not taken for a hung one', { tag: '@long' }, async ({ page }) => {
    // By one worker and by TensorFlow.js itself, which can be made slow from here.
    await page.addInitScript(() => {
      localStorage.setItem('compression-studio.cores', '1')
    })
    const studio = new Studio(page, WHOLE_VALIDATION)
    await studio.visit('?backend=wasm')
    const engine = await engineOf(page)
    await withoutOwnKernels(engine)
    await studio.openSample('LeNet-300-100')
    await studio.settled()
    // A hundred times slower than measured; the page's clock goes faster, so that nobody waits for it.
    await slowDown(engine, 200)
    let workers = 0
    page.on('worker', () => {
      workers++
    })
    await page.clock.install()
    await studio.switchOn('Quantize')
    // Progress arrives again and again for longer than the shortest silence that counts as a hang and the second
    // after which the page has looked, and nothing is restarted meanwhile.
    const measured = async (): Promise<number> => {
      const text = (await studio.result.textContent()) ?? ''
      return Number(/n = ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''))
    }
    const shown = new Set<number>()
    const now = (): Promise<number> => page.evaluate(() => performance.now())
    const start = await now()
    await expect
      .poll(
        async () => {
          await page.clock.runFor(1000)
          shown.add(await measured())
          return shown.size >= 4 && (await now()) - start > 12_000
        },
        { timeout: 90_000, intervals: [250] },
      )
      .toBe(true)
    expect(workers).toBe(0)
    await expect(page.getByText(/The engine was restarted/)).toHaveCount(0)
  })
})

test('a download that takes long can be had unmeasured, or cancelled, which leaves everything as it was', async ({
  page,
}) => {
  const studio = await Studio.withSample(page, 'LeNet-5')
  await studio.switchOn('Quantize')
  await studio.settled()
  const before = await studio.result.textContent()
  // So that there is time for it on every machine.
  await slowDown(await engineOf(page), 1000)
  await page.getByRole('button', { name: /^Download/ }).click()
  const saveNow = page.getByRole('button', { name: 'Save now, unmeasured' })
  await expect(saveNow).toBeVisible({ timeout: 60_000 })
  expect(await accessibilityFaults(page)).toEqual([])
  const arriving = page.waitForEvent('download')
  await saveNow.press('Enter')
  const zip = unzipped(await (await arriving).path())
  const report: unknown = JSON.parse(new TextDecoder().decode(zip.get('report.json')))
  const unmeasured = { split: 'test', correct: null, measured: false }
  expect(report).toHaveProperty(
    'accuracy',
    expect.arrayContaining([expect.objectContaining(unmeasured)]),
  )
  await expect(page.getByText(/saved before that had ended/).first()).toBeVisible()

  await page.getByRole('button', { name: /^Download/ }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  expect(await studio.result.textContent()).toBe(before)
})

test.describe('when code does not come, and when the engine stays away', () => {
  // The requests that fail, and what React reports of it.
  test.use({ expectedErrors: [/./] })

  test('a tab that does not load leaves the page as it is; an engine that was given up opens the model again', async ({
    page,
  }) => {
    const studio = await Studio.withSample(page, 'LeNet-300-100')
    await studio.switchOn('Quantize')
    await studio.settled()
    const before = await studio.result.textContent()

    await page.route('**/assets/{predictions-panel,words}-*.js', (route) => route.abort())
    await page.getByRole('tab', { name: 'Predictions' }).click()
    const chart = page.getByRole('tabpanel', { name: 'Predictions' })
    await expect(chart.getByRole('alert')).toContainText('could not load a part of the page')
    await page.getByRole('button', { name: '中文' }).click()
    await expect(page.getByText(/could not load a part of the page/)).toHaveCount(2)
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await chart.getByRole('button', { name: 'Load again' }).click()
    await expect(chart.getByRole('alert')).toHaveCount(0)
    await page.getByRole('tab', { name: 'Size', exact: true }).click()

    for (let death = 1; death <= 3; death++) {
      const next = death < 3 ? page.waitForEvent('worker') : null
      await (
        await engineOf(page)
      ).evaluate(() => {
        setTimeout(() => {
          throw new Error('crashed on purpose')
        })
      })
      await next
    }
    const gaveUp = page.getByRole('alert').filter({ hasText: 'It stopped too often' })
    await expect(gaveUp).toBeVisible()
    await gaveUp.getByRole('button', { name: 'Start the engine again' }).click()
    await expect(gaveUp).toHaveCount(0)
    await studio.press('Bits', 'ArrowLeft', 1)
    await studio.press('Bits', 'ArrowRight', 1)
    await studio.settled()
    expect(await studio.result.textContent()).toBe(before)
  })
})
