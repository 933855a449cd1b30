import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Browser } from '@playwright/test'
import { serveFolder } from '../scripts/static-server.ts'
import { hostsIn } from './support/net-log.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { Studio, WHOLE_VALIDATION } from './support/studio.ts'
import { expect, startWatch, test } from './support/studio-test.ts'
import type { Watch } from './support/studio-test.ts'

const PLANTED = 'planted.example'

interface Visit {
  readonly watch: Watch
  /** Hosts that the whole browser tried to reach. */
  readonly hosts: ReadonlySet<string>
}

/**
 * Runs a visit in a browser of its own whose network log is read afterwards: it sees what Playwright
 * does not, a worker's WebSocket above all.
 */
async function visit(
  launch: (log: string) => Promise<Browser>,
  origin: string,
  work: (studio: Studio) => Promise<void>,
): Promise<Visit> {
  const log = join(mkdtempSync(join(tmpdir(), 'studio-net-')), 'net.json')
  const browser = await launch(log)
  const page = await browser.newPage({ baseURL: `${origin}/` })
  const watch = startWatch(page, origin)
  await work(new Studio(page, WHOLE_VALIDATION))
  await browser.close()
  return { watch, hosts: hostsIn(log) }
}

test.describe('nothing leaves the browser', () => {
  test.use({ expectedErrors: [/./] })

  test('a whole tour reaches no other host and breaks no policy', async ({ launchOptions }) => {
    const server = await serveFolder({ folder: 'dist', port: 0 })
    const plain = await serveFolder({
      folder: writeFolder('plain', new Map([['index.html', '<form><input><input><input></form>']])),
      port: 0,
    })
    const origin = server.url.replace(/\/$/, '')
    const launch = (log: string) =>
      chromium.launch({
        ...launchOptions,
        args: [...(launchOptions.args ?? []), `--log-net-log=${log}`],
      })
    try {
      // What the browser itself looks up where a page has fields to fill in.
      const control = await visit(launch, origin, async (studio) => {
        await studio.page.goto(plain.url)
        await studio.page.getByRole('textbox').first().fill('1')
        await studio.page.waitForLoadState('networkidle')
      })
      const tour = await visit(launch, origin, async (studio) => {
        await studio.visit('?backend=wasm')
        await studio.openSample('LeNet-300-100')
        await studio.settled()
        await studio.switchOn('Quantize')
        await studio.set('Bits', 4)
        await studio.settled()
        await studio.download()
      })
      expect(tour.watch).toMatchObject({ offOrigin: [], policyViolations: [], errors: [] })
      expect(
        [...tour.hosts].filter((host) => !control.hosts.has(host) && host !== 'localhost'),
      ).toEqual([])
    } finally {
      await server.close()
      await plain.close()
    }
  })

  test('the policy stops a planted request and reports it', async ({ page, baseURL }) => {
    const studio = new Studio(page)
    const planted = startWatch(page, new URL(baseURL ?? '').origin)
    await studio.visit('?backend=wasm')
    const worker = page.workers()[0] ?? (await page.waitForEvent('worker'))
    const blocked = await worker.evaluate(async (host) => {
      const violations: string[] = []
      self.addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI))
      await fetch(`https://${host}/beacon`).catch(() => undefined)
      try {
        new WebSocket(`wss://${host}/socket`)
      } catch {
        // Some versions throw, others report: both are seen below.
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
      return violations
    }, PLANTED)
    expect(blocked.join(' ')).toContain(`https://${PLANTED}/beacon`)
    expect(blocked.join(' ')).toContain(`wss://${PLANTED}/socket`)
    expect(planted.offOrigin.filter((url) => !url.includes(PLANTED))).toEqual([])
  })

  test('the detectors catch a planted request where no policy stops it', async ({
    launchOptions,
  }) => {
    const server = await serveFolder({ folder: 'dist', port: 0, headers: false })
    const origin = server.url.replace(/\/$/, '')
    const launch = (log: string) =>
      chromium.launch({
        ...launchOptions,
        args: [
          ...(launchOptions.args ?? []),
          `--log-net-log=${log}`,
          '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
        ],
      })
    try {
      const { watch, hosts } = await visit(launch, origin, async (studio) => {
        await studio.visit('?backend=wasm')
        const { page } = studio
        const worker = page.workers()[0] ?? (await page.waitForEvent('worker'))
        await worker.evaluate(async (host) => {
          await fetch(`https://fetch.${host}/beacon`).catch(() => undefined)
          await new Promise((resolve) => {
            const socket = new WebSocket(`wss://socket.${host}/`)
            socket.onclose = resolve
          })
        }, PLANTED)
      })
      expect(watch.offOrigin).toEqual([`https://fetch.${PLANTED}/beacon`])
      expect([...hosts]).toContain(`fetch.${PLANTED}`)
      expect([...hosts]).toContain(`socket.${PLANTED}`)
    } finally {
      await server.close()
    }
  })
})
