import type { Page } from '@playwright/test'

/** Processor time of the page and its workers since they began, which other work on the machine does not lengthen. */
export async function processorSeconds(page: Page): Promise<number> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('the page belongs to no browser that can be asked')
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo
    .filter(({ type }) => type === 'renderer')
    .reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}
