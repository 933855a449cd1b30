import type { Page } from '@playwright/test'
import { dropPreviews, recordDrag } from './support/dragging.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

/** Answers that must appear while the thumb is held and moving. */
const DRAWN = 12
/** Far more frames than they need: a page that does not follow fails here. */
const MOVES = 2000

async function openReady(page: Page): Promise<Studio> {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await studio.openSample('LeNet-5')
  await studio.settled()
  await studio.switchOn('Prune')
  await studio.settled()
  return studio
}

test('the page follows the thumb and does not freeze', { tag: '@long' }, async ({ page }) => {
  await openReady(page)
  await dropPreviews(page)
  const control = await recordDrag(page, 'Sparsity')
  expect(control.drawnAt, 'without previews nothing is drawn').toEqual([])

  const studio = await openReady(page)
  const dragged = await recordDrag(page, 'Sparsity', { moves: MOVES, drawn: DRAWN })
  await studio.settled()

  expect(dragged.drawnAt.length, 'previews drawn').toBeGreaterThanOrEqual(DRAWN)
  expect(
    dragged.longTasks.length,
    `tasks of more than 50 ms of processor time: ${dragged.longTasks.join(', ')}`,
  ).toBeLessThanOrEqual(control.longTasks.length + 2)
})

test(
  'a page that freezes is seen, whatever the rest of the machine does',
  { tag: '@long' },
  async ({ page }) => {
    await openReady(page)
    await page.evaluate(() => {
      // Work, not waiting: some hundred milliseconds of processor time for each move.
      addEventListener('pointermove', () => {
        let sum = 0
        for (let i = 1; i < 5e7; i++) sum += Math.sqrt(i)
        document.title = String(sum)
      })
    })
    const frozen = await recordDrag(page, 'Sparsity', { moves: 6 })
    expect(frozen.longTasks.length).toBeGreaterThanOrEqual(3)
  },
)
