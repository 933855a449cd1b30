import { chromium } from '@playwright/test'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { findBrowser } from '../scripts/find-browser.ts'
import { serveFolder } from '../scripts/static-server.ts'

export interface StudioBrowser {
  readonly page: Page
  /** Address of the studio, with a trailing slash. */
  readonly url: string
  readonly close: () => Promise<void>
}

/**
 * Opens the built studio in the installed browser, as its users meet it.
 * @param profile a folder for what the browser keeps on the disk; without one it keeps that in memory
 * @param folder of the built studio
 */
export async function openStudio(
  extra: readonly string[] = [],
  profile: string | null = null,
  folder = 'dist',
): Promise<StudioBrowser> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('no browser: npm run browser')
  const server = await serveFolder({ folder, port: 0 })
  const options = {
    executablePath,
    args: [
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...extra,
    ],
  }
  const viewport = { width: 1440, height: 900 }
  const browser: Browser | BrowserContext =
    profile === null
      ? await chromium.launch(options)
      : await chromium.launchPersistentContext(profile, { ...options, viewport })
  const page = await ('pages' in browser ? browser.newPage() : browser.newPage({ viewport }))
  // Functions that run in the page come with the names that tsx gives them, by a helper of its own.
  await page.addInitScript({ content: 'globalThis.__name = (named) => named' })
  return {
    page,
    url: server.url,
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}
