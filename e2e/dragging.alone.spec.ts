import type { Page } from '@playwright/test'
import { dropPreviews, recordDrag } from './support/dragging.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

async function openReady(page: Page): Promise<Studio> {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await studio.openSample('LeNet-5')
  await studio.settled()
  await studio.switchOn('Prune')
  await studio.settled()
  return studio
}

test('the page follows the thumb and does not freeze', async ({ page }) => {
  await openReady(page)
  await dropPreviews(page)
  const control = await recordDrag(page, 'Sparsity')

  const studio = await openReady(page)
  const dragged = await recordDrag(page, 'Sparsity')
  await studio.settled()

  expect(dragged.drawnAt.length, 'previews drawn').toBeGreaterThanOrEqual(20)
  expect(
    dragged.longTasks.length,
    `long tasks: ${dragged.longTasks.join(', ')}`,
  ).toBeLessThanOrEqual(control.longTasks.length + 2)
})
