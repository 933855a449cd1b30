import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { serveFolder } from '../scripts/static-server.ts'
import type { StaticServer } from '../scripts/static-server.ts'
import { engineOf } from './support/engine-worker.ts'
import { Studio, WHOLE_VALIDATION } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test.use({ serviceWorkers: 'allow', smallData: null })

/** A plain static host below a sub-path, which sends no headers of ours. */
function plainHost(folder: string, port = 0): Promise<StaticServer> {
  return serveFolder({ folder, port, headers: false, subPath: '/tools/studio' })
}

/** The browser has kept the studio, and answers for this page. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (navigator.serviceWorker.controller !== null) return
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true })
    })
  })
}

test.describe('without a network', () => {
  // Requests that fail, as they must.
  // In a tuple: Playwright takes two in a list for a value and its options.
  test.use({ expectedErrors: [[/ERR_CONNECTION_REFUSED/, /Failed to fetch/], { scope: 'test' }] })

  test('a plain static host gets shared memory and the policy from the second visit on, and the tour needs no network then', async ({
    page,
    watch,
  }) => {
    const server = await plainHost('dist')
    watch.ownOrigins.push(new URL(server.url).origin)
    const studio = new Studio(page, WHOLE_VALIDATION)
    const address = `${server.url}?backend=wasm`
    await page.goto(address)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
    await kept(page)
    await page.getByRole('button', { name: /^Show me around/ }).click()
    await expect(studio.result).toContainText('validation split', { timeout: 60_000 })

    await server.close()
    await page.goto('about:blank')
    await page.goto(address)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    const engine = await engineOf(page)
    expect(await engine.evaluate(() => crossOriginIsolated)).toBe(true)
    const blocked = engine.evaluate(async () => {
      const violation = new Promise<string>((resolve) => {
        self.addEventListener('securitypolicyviolation', ({ blockedURI }) => {
          resolve(blockedURI)
        })
      })
      await fetch('https://planted.example/').catch(() => undefined)
      return violation
    })
    expect(await blocked).toBe('https://planted.example/')
    watch.policyViolations.length = 0

    await page.getByRole('button', { name: /^Show me around/ }).click()
    const tour = page.getByRole('region', { name: 'Tour' })
    await expect(studio.result).toContainText('validation split', { timeout: 60_000 })
    await page.getByRole('button', { name: /^Engine:/ }).click()
    const cores = page.getByText(/^Trains and measures on \d+ of \d+ cores?\./)
    await expect(cores).toBeVisible()
    await expect(cores).not.toContainText('Memory is moved')
    await page.keyboard.press('Escape')
    await tour.getByRole('button', { name: 'Next' }).click()
    await tour.getByRole('button', { name: 'Quantize to 4 bits' }).click()
    await studio.settled()
    for (const tab of ['Predictions', 'Weights', 'Training'])
      await page.getByRole('tab', { name: tab }).click()
    await page.getByRole('button', { name: '中文' }).click()
    await expect(page.getByRole('tab', { name: '预测' })).toBeVisible()
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
})

test(
  'a newer studio is offered, starts only when asked, and never under another tab',
  { tag: '@long' },
  async ({ page, context, watch }) => {
    const folder = mkdtempSync(join(tmpdir(), 'studio-build-'))
    cpSync('dist', folder, { recursive: true })
    let server = await plainHost(folder)
    try {
      watch.ownOrigins.push(new URL(server.url).origin)
      const address = `${server.url}?backend=wasm`
      await page.goto(address)
      await kept(page)
      // What stands there for a page that is loaded now: another build.
      const script = join(folder, 'service-worker.js')
      writeFileSync(script, `${readFileSync(script, 'utf8')}\n// the next build\n`)
      await server.close()
      // Started anew, because it remembers how long files are.
      server = await plainHost(folder, Number(new URL(address).port))
      const other = await context.newPage()
      await other.goto(address)
      await page.reload()
      const offer = page.getByRole('status').filter({ hasText: 'A newer studio is ready' })
      await expect(offer).toBeVisible()
      await page.getByRole('button', { name: 'Start it now' }).click()
      await expect(page.getByText(/The studio is open in another tab/)).toBeVisible()
      await other.close()
      const loaded = page.waitForEvent('load')
      await page.getByRole('button', { name: 'Start it now' }).click()
      await loaded
      await expect(page.getByRole('button', { name: /^Show me around/ })).toBeVisible()
      expect(
        await page.evaluate(async () => {
          const registration = await navigator.serviceWorker.ready
          return registration.waiting
        }),
      ).toBeNull()
    } finally {
      await server.close()
    }
  },
)
