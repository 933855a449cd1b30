import { chromium } from '@playwright/test'
import type { Browser, Page } from '@playwright/test'
import { findBrowser } from '../scripts/find-browser.ts'
import { serveFolder } from '../scripts/static-server.ts'

export interface StudioBrowser {
  readonly page: Page
  /** Address of the studio, with a trailing slash. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** Opens the built studio in the installed browser, as its users meet it. */
export async function openStudio(extra: readonly string[] = []): Promise<StudioBrowser> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('no browser: npm run browser')
  const server = await serveFolder({ folder: 'dist', port: 0 })
  const browser: Browser = await chromium.launch({
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
  })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  return {
    page,
    url: server.url,
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}
