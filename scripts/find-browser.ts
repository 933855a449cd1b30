import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

const namesOnPath = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
]

const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]

const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
]

/** Chromium without a window: what every new page of a test costs is two thirds of what it costs in a whole one. */
const shellsOnPath = ['chromium-headless-shell', 'chrome-headless-shell']

/** A browser for tests: a headless shell that is installed, else what `findBrowser` finds. */
export function findTestBrowser(): string | null {
  const shell = process.env['CHROME_PATH'] === undefined ? onPath(shellsOnPath) : []
  return shell.find((path) => existsSync(path)) ?? findBrowser()
}

/** The path of an installed Chrome, Chromium or Edge, else of Playwright's own download, else null. */
export function findBrowser(): string | null {
  const candidates = [process.env['CHROME_PATH'], ...installedCandidates(), playwrightsOwn()]
  return candidates.find((path) => path !== undefined && existsSync(path)) ?? null
}

function installedCandidates(): string[] {
  if (process.platform === 'darwin') return macApplications
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    return roots.flatMap((root) => {
      const folder = process.env[root]
      return folder === undefined ? [] : windowsPrograms.map((program) => join(folder, program))
    })
  }
  return onPath(namesOnPath)
}

function onPath(names: readonly string[]): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

function playwrightsOwn(): string | undefined {
  try {
    return chromium.executablePath()
  } catch {
    return undefined
  }
}
