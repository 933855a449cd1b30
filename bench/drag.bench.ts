/**
 * Sixty slider moves on the page, on the WASM backend: how often the answer was drawn and how much
 * processor time the page's tasks took, beside the same moves with previews off.
 * Run: `npx tsx bench/drag.bench.ts`, after `npm run build`.
 */
import { dropPreviews, recordDrag } from '../e2e/support/dragging.ts'
import type { DragRecord } from '../e2e/support/dragging.ts'
import { Studio, WHOLE_VALIDATION } from '../e2e/support/studio.ts'
import { openStudio } from './browser.ts'
import { emit, quartiles, round } from './emit.ts'

for (const sample of ['LeNet-300-100', 'LeNet-5', 'Fashion CNN']) {
  for (const previews of ['off', 'on'] as const) {
    const { page, url, close } = await openStudio()
    try {
      const studio = new Studio(page, WHOLE_VALIDATION)
      await page.goto(`${url}?backend=wasm`)
      await studio.openSample(sample)
      await studio.settled()
      await studio.switchOn('Prune')
      await studio.settled()
      if (previews === 'off') await dropPreviews(page)
      emit('drag-60-moves', { sample, previews, ...summary(await recordDrag(page, 'Sparsity')) })
    } finally {
      await close()
    }
  }
}

function summary({
  longTasks,
  longestTask,
  drawnAt,
  durationMs,
}: DragRecord): Record<string, unknown> {
  const gaps = drawnAt.map((time, index) => time - (drawnAt[index - 1] ?? 0))
  return {
    durationMs: round(durationMs),
    drawn: drawnAt.length,
    msBetweenDraws: gaps.length === 0 ? null : quartiles(gaps),
    longTasks: longTasks.length,
    longestTaskCpuMs: round(longestTask),
  }
}
