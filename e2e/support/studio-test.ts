import { test as base, expect } from '@playwright/test'
import type { BrowserContext, Page } from '@playwright/test'
import { firstLook } from '../../src/studio/store/look-slice.ts'
import { smallCounts } from '../../testing/files/small-data.ts'
import type { SplitCounts } from '../../testing/files/small-data.ts'
import { serveSmallData } from './small-data.ts'

/** What must never happen while the studio is used: collected over the whole test, checked at its end. */
export interface Watch {
  /** The page's own origin, and others that a test serves the studio from. */
  readonly ownOrigins: string[]
  /** Requests to any other origin than the page's own, data: and blob: aside. */
  readonly offOrigin: string[]
  readonly policyViolations: string[]
  /** Uncaught errors and console errors. */
  readonly errors: string[]
}

interface StudioFixtures {
  readonly watch: Watch
  /** How much of the built-in data sets there is; null where a test is about all of them. */
  readonly smallData: SplitCounts | null
  /** Whether remedies are tried by themselves, which takes a processor from whatever else is tested. */
  readonly triesRemedies: boolean
  /** Console errors that this test provokes on purpose. */
  readonly expectedErrors: readonly RegExp[]
}

/** Playwright's test with the watch on: every test of the studio also proves that nothing leaves. */
export const test = base.extend<StudioFixtures>({
  expectedErrors: [[], { option: true }],
  smallData: [smallCounts, { option: true }],
  triesRemedies: [false, { option: true }],
  context: async ({ context, smallData, triesRemedies }, use) => {
    if (smallData !== null) await serveSmallData(context, smallData)
    if (!triesRemedies) await withoutRemedies(context)
    await use(context)
  },
  watch: [
    async ({ page, baseURL, expectedErrors }, use) => {
      const watch = startWatch(page, new URL(baseURL ?? page.url()).origin)
      await use(watch)
      expect(watch.offOrigin, 'requests that leave the origin').toEqual([])
      expect(watch.policyViolations, 'violations of the security policy').toEqual([])
      expect(
        watch.errors.filter((text) => !expectedErrors.some((pattern) => pattern.test(text))),
        'uncaught or console errors',
      ).toEqual([])
    },
    { auto: true },
  ],
})

/** As somebody who has turned them off, and nothing else. */
async function withoutRemedies(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    (look) => {
      // An empty page has no storage.
      if (!location.protocol.startsWith('http')) return
      if (localStorage.getItem('compression-studio.look') === null)
        localStorage.setItem('compression-studio.look', look)
    },
    JSON.stringify({ ...firstLook, triesRemedies: false }),
  )
}

/** Attaches the detectors to a page; `nothing-leaves` plants requests that they must catch. */
export function startWatch(page: Page, origin: string): Watch {
  const watch: Watch = { ownOrigins: [origin], offOrigin: [], policyViolations: [], errors: [] }
  page.context().on('request', (request) => {
    const url = request.url()
    const own = watch.ownOrigins.some((mine) => url.startsWith(`${mine}/`))
    const local = own || /^(data|blob):/.test(url)
    if (!local) watch.offOrigin.push(url)
  })
  page.on('pageerror', (error) => {
    watch.errors.push(error.message)
  })
  page.on('console', (message) => {
    const text = message.text()
    if (/Content Security Policy/i.test(text)) watch.policyViolations.push(text)
    else if (message.type() === 'error') watch.errors.push(text)
  })
  return watch
}

export { expect }
