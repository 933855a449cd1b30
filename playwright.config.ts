import { defineConfig } from '@playwright/test'
import { findTestBrowser } from './scripts/find-browser.ts'

const port = Number(process.env['E2E_PORT'] ?? 41730)
const executablePath = findTestBrowser()

const quiet = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
// WebGPU without a graphics card: the software adapter, correct and slow.
const softwareWebGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

function launch(extra: readonly string[] = []): { args: string[]; executablePath?: string } {
  const args = [...quiet, ...asRoot, ...extra]
  return executablePath === null ? { args } : { args, executablePath }
}

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Tests that are long and guard what seldom changes have a command of their own: `npm run e2e:long`.
  ...(process.env['LONG_TESTS'] === undefined ? { grepInvert: /@long/ } : { grep: /@long/ }),
  forbidOnly: process.env['CI'] !== undefined,
  // A test that needs a second try is a fault, of the test or of the product.
  retries: 0,
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: `http://localhost:${port}/`,
    browserName: 'chromium',
    acceptDownloads: true,
    // What the service worker answers is seen by no route of a test.
    serviceWorkers: 'block',
    // Snapshots of the page in every step are half of a test's time; `--trace on` brings them back.
    trace: { mode: 'retain-on-failure', snapshots: false, screenshots: false, sources: false },
    screenshot: 'only-on-failure',
    viewport: { width: 1440, height: 900 },
    // Without a graphics card every frame of a spinner is painted by a processor that a test has other use for.
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    // The longest tests first, so that no processor waits for the last of them.
    {
      name: 'webgpu',
      testMatch: /\.webgpu\.spec\.ts$/,
      use: { launchOptions: launch(softwareWebGpu) },
    },
    {
      name: 'wasm',
      // Whether anything piles up is asked by `npm run soak`, every night: two cycles here would say little.
      testIgnore: [
        /\.webgpu\.spec\.ts$/,
        ...(process.env['SOAK_CYCLES'] === undefined ? [/soak\.spec\.ts$/] : []),
      ],
      use: { launchOptions: launch() },
    },
  ],
  webServer: {
    command: 'npx tsx scripts/start.ts',
    url: `http://localhost:${port}/`,
    env: { PORT: String(port), CI: '1' },
    reuseExistingServer: false,
  },
})
