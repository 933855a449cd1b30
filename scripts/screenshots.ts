/**
 * Pictures of the page for the documents, from the built studio.
 * Run: `npm run build && npx tsx scripts/screenshots.ts`
 */
import { mkdirSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { findBrowser } from './find-browser.ts'
import { serveFolder } from './static-server.ts'

const folder = 'docs/screenshots'
const executablePath = findBrowser()
if (executablePath === null) throw new Error('No browser: npm run browser')

mkdirSync(folder, { recursive: true })
const server = await serveFolder({ folder: 'dist', port: 0 })
const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const page = await browser.newPage({ viewport, colorScheme })
    const save = (name: string) =>
      page.screenshot({ path: `${folder}/${name}-${colorScheme}-${viewport.width}.png` })
    await page.goto(`${server.url}?backend=wasm`)
    const sample = page.getByRole('button', { name: /^Pictures .* LeNet-5/ })
    await sample.waitFor()
    await page.waitForLoadState('networkidle')
    await save('first')

    await sample.click()
    await page.getByText('n = 5,000').waitFor()
    for (const step of ['Prune', 'Quantize'])
      await page.getByRole('switch', { name: step, exact: true }).click({ force: true })
    const press = async (slider: string, key: string, times: number) => {
      for (let i = 0; i < times; i++)
        await page.getByRole('slider', { name: slider, exact: true }).press(key)
    }
    await press('Sparsity', 'Shift+ArrowRight', 3)
    await press('Bits', 'ArrowLeft', 3)
    await page.getByRole('button', { name: /^Download [\d.]/ }).waitFor()
    await page.getByText('n = 5,000').waitFor()
    await page.getByRole('img', { name: 'Measuring' }).waitFor({ state: 'detached' })
    await page.evaluate(() => {
      scrollTo(0, 0)
    })
    await page.mouse.move(0, 0)
    await save('studio')
    await page.close()
  }
}
await browser.close()
await server.close()
