import { spawnSync } from 'node:child_process'
import { findTestBrowser } from './find-browser.ts'

/**
 * Makes sure that the end-to-end tests have a browser: an installed one, else Playwright's download,
 * else, only as root on a CI machine, the distribution's package.
 */
function ensureBrowser(): string {
  const installed = findTestBrowser()
  if (installed !== null) return installed

  console.log('No Chrome, Chromium or Edge found: downloading the browser of Playwright.')
  run('npx', ['playwright', 'install', 'chromium'])
  const downloaded = findTestBrowser()
  if (downloaded !== null) return downloaded

  const mayInstall = process.env['CI'] !== undefined && process.getuid?.() === 0
  if (mayInstall) {
    console.log('The download failed. Root on CI: installing with `apt-get install -y chromium`.')
    run('apt-get', ['update'])
    run('apt-get', ['install', '-y', 'chromium'])
    const packaged = findTestBrowser()
    if (packaged !== null) return packaged
  }
  console.error(
    'No browser for the end-to-end tests. Install Chrome, Chromium or Edge, or set CHROME_PATH.',
  )
  process.exit(1)
}

function run(command: string, parameters: readonly string[]): void {
  // The exit status says nothing that the next look for a browser does not say better.
  spawnSync(command, parameters, { stdio: 'inherit', shell: process.platform === 'win32' })
}

console.log(`Browser: ${ensureBrowser()}`)
