import { basename, dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { sampleBytes } from '../testing/models/sample-files.ts'
import { writeFolder, writeZip } from '../testing/browser/write-files.ts'
import { dropOnPage } from '../testing/browser/drop.ts'
import { accessibilityFaults } from './support/axe.ts'
import { recordShifts, shiftsSoFar } from './support/layout-shifts.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

/** A sample under another name, with its weights in three shards. */
function threeShards(): Map<string, Uint8Array | string> {
  const files = sampleBytes('lenet-300-100')
  const manifest = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as {
    weightsManifest: { paths: string[] }[]
  }
  const [shard] = [...files].filter(([name]) => name !== 'model.json')
  const bytes = shard?.[1] ?? new Uint8Array()
  const third = Math.ceil(bytes.length / 3)
  const paths = [1, 2, 3].map((n) => `group1-shard${n}of3.bin`)
  const group = manifest.weightsManifest[0]
  if (group === undefined) throw new Error('the sample has no weights')
  group.paths = paths
  return new Map<string, Uint8Array | string>([
    ['model.json', JSON.stringify(manifest)],
    ...paths.map((path, index) => [path, bytes.slice(index * third, (index + 1) * third)] as const),
  ])
}

/** Keeps back all scripts of the studio, so that only the first screen of the page is there. */
async function holdStudio(page: Page): Promise<{ readonly release: () => void }> {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await released
    // The page that asked may be gone.
    await route.continue().catch(() => undefined)
  })
  return { release }
}

/** Where what a newcomer reads and presses stands, and in which colour. */
async function placesOf(page: Page): Promise<readonly string[]> {
  return page.locator('#root main').evaluate((main) =>
    Array.from(
      main.querySelectorAll('h1, h2, p:not([role]), button, section, strong'),
      (element) => {
        const { height, width, x, y } = element.getBoundingClientRect()
        const { backgroundColor, color, fontSize } = getComputedStyle(element)
        return [element.textContent, x, y, width, height, fontSize, color, backgroundColor].join(
          ' ',
        )
      },
    ),
  )
}

test('a folder that is dropped before the studio is there opens, and nothing jumps', async ({
  page,
}) => {
  const studio = new Studio(page)
  const held = await holdStudio(page)
  await page.goto('./?backend=wasm', { waitUntil: 'commit' })
  const drop = page.getByText('Drop a model anywhere')
  await expect(drop).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload({ waitUntil: 'commit' })
  await expect(page.getByRole('button', { name: 'Light colours' })).toBeVisible()
  expect(await accessibilityFaults(page), 'dark').toEqual([])
  const before = await placesOf(page)
  await dropOnPage(page, [writeFolder('my-model', threeShards())])
  await expect(page.getByText('This goes on as soon as it is here')).toBeVisible()

  // A model that opens would take its place: first without a drop.
  const other = await page.context().newPage()
  await recordShifts(other)
  await other.emulateMedia({ colorScheme: 'dark' })
  await new Studio(other).visit('?backend=wasm')
  expect(await placesOf(other)).toEqual(before)
  await expect(other.getByRole('button', { name: /^Engine: WebAssembly/ })).toBeVisible()
  expect(await shiftsSoFar(other)).toBeLessThan(0.02)
  await other.close()

  held.release()
  await expect(studio.result).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: /^File: my-model/ })).toBeVisible()
  // No data was attached by itself; it is offered.
  await expect(page.getByText('No data is attached, so accuracy is not known')).toBeVisible()
  await page.getByRole('button', { name: 'Measure on MNIST', exact: true }).click()
  await studio.settled()
  await expect(studio.result).toContainText('validation split')
  // How it is shown to somebody's own model is theirs to confirm.
  await expect(page.getByRole('combobox', { name: 'Value range' })).toHaveValue('unit')
})

test('the studio starts by itself where nobody does anything, and does what is pressed before it did', async ({
  page,
}) => {
  const studio = new Studio(page)
  // No query: an address that asks for something is not kept waiting.
  await page.goto('./')
  await studio.started()
  await expect(page.getByRole('button', { name: /^Engine: / })).toBeVisible()

  const early = await page.context().newPage()
  await recordShifts(early)
  await early.goto('./', { waitUntil: 'commit' })
  await early.getByRole('button', { name: 'Dark colours' }).click()
  await new Studio(early).started()
  await expect(early.getByRole('button', { name: 'Light colours' })).toBeVisible()
  expect(await shiftsSoFar(early)).toBeLessThan(0.02)
})

test('a dropped zip opens', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [writeZip('zipped-model', sampleBytes('lenet-5'))])
  await expect(studio.result).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: /^File: zipped-model/ })).toBeVisible()
})

test('files dropped in several goes are collected', async ({ page }) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const folder = writeFolder('in-parts', threeShards())
  await studio.pick([join(folder, 'model.json'), join(folder, 'group1-shard1of3.bin')])
  await expect(
    page.getByText('Still missing: group1-shard2of3.bin, group1-shard3of3.bin'),
  ).toBeVisible()
  await dropOnPage(page, [join(folder, 'group1-shard3of3.bin')])
  await expect(page.getByText('Still missing: group1-shard2of3.bin', { exact: true })).toBeVisible()
  await dropOnPage(page, [join(folder, 'group1-shard2of3.bin')])
  await expect(studio.result).toBeVisible({ timeout: 60_000 })
  expect(basename(dirname(join(folder, 'model.json')))).toBe('in-parts')
})

test('a model without data is measured by agreement, and shuffled weights do not score well', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [writeFolder('no-data', threeShards())])
  await expect(studio.result).toContainText('Agreement on synthetic inputs, not accuracy', {
    timeout: 60_000,
  })
  await expect(studio.result).toContainText(/synthetic inputs reach \d+ of 10 classes/)
  await studio.switchOn('Prune')
  // Random removal of nearly everything is no model any more.
  await page.getByText('At random', { exact: true }).click()
  await studio.press('Sparsity', 'End', 1)
  await expect(studio.result).toContainText(/relative error/, { timeout: 60_000 })
})
