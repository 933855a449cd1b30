import { serveFolder } from '../scripts/static-server.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('works from a plain static host below a sub-path, and says that cores share no memory there', async ({
  page,
  watch,
}) => {
  const server = await serveFolder({
    folder: 'dist',
    port: 0,
    headers: false,
    subPath: '/tools/studio',
  })
  try {
    watch.ownOrigins.push(new URL(server.url).origin)
    const studio = new Studio(page)
    await page.goto(`${server.url}?backend=wasm`)
    await studio.openSample('LeNet-300-100')
    await studio.settled()
    await expect(studio.result).toContainText('validation split')
    await page.getByRole('button', { name: /^Engine:/ }).click()
    await expect(page.getByText(/this page is not cross-origin isolated/)).toBeVisible()
  } finally {
    await server.close()
  }
})
