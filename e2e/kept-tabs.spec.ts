import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { accessibilityFaults } from './support/axe.ts'
import { keptSession } from './support/kept-session.ts'
import { recordShifts, shiftsSoFar } from './support/layout-shifts.ts'
import { followScheme } from './support/color-scheme.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { smallTargets } from './support/touch-targets.ts'

test(
  'each tab comes back with its own model; a third one lists both, and forgets them',
  { tag: '@long' },
  async ({ page, context }, info) => {
    test.setTimeout(240_000)
    const first = new Studio(page)
    await openOwn(first, version(info.outputPath('a'), 0))
    await first.switchOn('Prune')
    const second = new Studio(await context.newPage())
    await openOwn(second, version(info.outputPath('b'), 1))
    await second.switchOn('Quantize')
    for (const { page: own } of [first, second]) await keptAs(own, 'yes')

    for (const studio of [first, second]) await studio.page.reload()
    const isOn = (studio: Studio, step: string) =>
      studio.page.getByRole('switch', { name: step, exact: true })
    await expect(isOn(first, 'Prune')).toBeChecked({ timeout: 60_000 })
    await expect(isOn(second, 'Quantize')).toBeChecked({ timeout: 60_000 })
    await expect(isOn(first, 'Quantize')).not.toBeChecked()
    await expect(isOn(second, 'Prune')).not.toBeChecked()

    const third = await context.newPage()
    await recordShifts(third)
    await third.goto('./?backend=wasm')
    const list = third.getByRole('region', { name: 'Continue where you left off' })
    // Two versions under one name.
    const entries = list.getByRole('button', { name: /^lenet_300_100 .*open in another tab$/ })
    await expect(entries).toHaveCount(2)
    // Its room was left free, although it has never been drawn.
    expect(await shiftsSoFar(third)).toBeLessThan(0.02)
    await expect(list).toContainText('pruned 50')
    await expect(list).toContainText(/\d-bit/)
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      await followScheme(third, colorScheme)
      await third.setViewportSize({ width, height: 844 })
      expect(await accessibilityFaults(third), `${colorScheme}, ${width} px`).toEqual([])
    }
    const own = (await smallTargets(third)).filter((control) =>
      /lenet_300_100|Forget/.test(control),
    )
    expect(own).toEqual([])
    await third.getByRole('button', { name: '中文' }).press('Enter')
    await expect(third.getByRole('region', { name: '从上次离开的地方继续' })).toContainText('剪枝')
    expect(await accessibilityFaults(third), 'Chinese, 390 px').toEqual([])
    await third.getByRole('button', { name: 'English' }).press('Enter')
    await list.getByRole('button', { name: 'Forget all' }).press('Enter')
    await expect(list.getByRole('listitem')).toHaveCount(0)
    await expect(list).toContainText('All models were removed from this browser.')
    // The tabs have heard of it, and keep nothing any more.
    await first.page.reload()
    await expect(first.page.getByRole('heading', { level: 1 })).toContainText('Drop a model')
    await expect(
      first.page.getByRole('heading', { name: 'Continue where you left off' }),
    ).toHaveCount(0)
  },
)

test(
  'a sample without some of its filters comes back from a reload with what it is compared with, its teacher and the way back',
  { tag: '@long' },
  async ({ page }) => {
    test.setTimeout(240_000)
    const studio = await Studio.withSample(page, 'LeNet-300-100')
    const opened = before(await text(studio))
    expect(opened).toEqual([expect.stringMatching(/B$/), expect.stringMatching(/^9\d\.\d+ %$/)])
    const card = page.getByRole('region', { name: /^Structured pruning/ })
    await card.getByRole('button', { name: /^Structured pruning/ }).click()
    await card.getByRole('button', { name: 'Remove them' }).click()
    await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
    await studio.settled()
    await expectBefore(studio, opened)
    await keptAs(page, 'cut')

    await page.reload()
    await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
    await studio.settled()
    await expectBefore(studio, opened)
    await expect(studio.result).toContainText('filters removed; what is left, as float32')
    const teaching = page.getByRole('region', { name: 'Knowledge distillation' })
    await expect(teaching.getByText(/parameters · Validation: 9\d/)).toBeVisible({
      timeout: 90_000,
    })
    await expect(page.getByText(/did not come back/)).toHaveCount(0)

    await card.getByRole('button', { name: 'Back to the whole model' }).click()
    await expect(card.getByText(/^Cut from/)).toHaveCount(0)
    await studio.settled()
    expect(new URL(page.url()).hash).toMatch(/^#sample=lenet-300-100/)
  },
)

/** LeNet-300-100 with its last weight as it is, or a little larger. */
function version(folder: string, more: number): string[] {
  cpSync('public/models/lenet-300-100', folder, { recursive: true })
  const shard = `${folder}/group1-shard1of1.bin`
  const bytes = readFileSync(shard)
  bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + more / 1000, bytes.length - 4)
  writeFileSync(shard, bytes)
  return [`${folder}/model.json`, shard]
}

async function openOwn(studio: Studio, files: readonly string[]): Promise<void> {
  await studio.visit('?backend=wasm')
  await studio.pick(files)
  await expect(studio.result).toBeVisible({ timeout: 60_000 })
}

/** What a later visit would find of the model that is open: at all, or as one that was cut with its teacher. */
async function keptAs(page: Page, what: 'yes' | 'cut'): Promise<void> {
  await expect
    .poll(async () => {
      const kept = await keptSession(page)
      return what === 'yes' ? kept !== null : kept?.teacher != null && kept.open.wholes.length > 0
    })
    .toBe(true)
}

/** Size and accuracy in front of the arrows. */
function before(answer: string): (string | undefined)[] {
  return [/([\d.]+ [kM]B)→/.exec(answer)?.[1], /([\d.]+ %)→/.exec(answer)?.[1]]
}

/** Once the model that has taken the other's place has answered, too. */
async function expectBefore(studio: Studio, opened: ReturnType<typeof before>): Promise<void> {
  await expect.poll(async () => before(await text(studio))).toEqual(opened)
}

async function text(studio: Studio): Promise<string> {
  return ((await studio.result.textContent()) ?? '').replaceAll('\u00a0', ' ')
}
