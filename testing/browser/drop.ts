import type { Page } from '@playwright/test'

const PATIENCE_MS = 30_000

/**
 * Drops files or folders from disk onto the middle of the page the way a person's file manager does:
 * through the browser's own drag events, so that folders arrive as folders. As a person does, it lets go once
 * the page shows that it takes them: a page that is not ready yet would leave the drop to the browser, which
 * opens the file in its place.
 */
export async function dropOnPage(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const viewport = page.viewportSize() ?? { width: 1440, height: 900 }
  const at = { x: Math.round(viewport.width / 2), y: Math.round(viewport.height / 2) }
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  const drag = async (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel'): Promise<void> => {
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  const taken = page.locator('[data-dropping]')
  const start = Date.now()
  for (;;) {
    await drag('dragEnter')
    await drag('dragOver')
    const isTaken = await taken.waitFor({ timeout: 1000 }).then(
      () => true,
      () => false,
    )
    if (isTaken) break
    if (Date.now() - start > PATIENCE_MS) throw new Error('the page takes no files')
    await drag('dragCancel')
  }
  // What was seen is the page's answer to the first event; the browser must have one to the last as well.
  await drag('dragOver')
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => setTimeout(resolve))
      }),
  )
  await drag('drop')
  await session.detach()
}
