import type { BrowserContext } from '@playwright/test'
import { smallDataFile } from '../../testing/files/small-data.ts'
import type { SplitCounts } from '../../testing/files/small-data.ts'

/** From here on the pages of a context get the built-in data sets cut short. */
export async function serveSmallData(context: BrowserContext, counts: SplitCounts): Promise<void> {
  await context.route('**/datasets/**', async (route) => {
    const file = smallDataFile(new URL(route.request().url()).pathname, counts)
    if (file === undefined) await route.continue()
    else await route.fulfill({ body: Buffer.from(file) })
  })
}
