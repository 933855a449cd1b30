import type { Page } from '@playwright/test'

/**
 * Drops files or folders from disk onto the middle of the page the way a person's file manager does:
 * through the browser's own drag events, so that folders arrive as folders.
 */
export async function dropOnPage(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const viewport = page.viewportSize() ?? { width: 1440, height: 900 }
  const at = { x: Math.round(viewport.width / 2), y: Math.round(viewport.height / 2) }
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  await session.detach()
}
