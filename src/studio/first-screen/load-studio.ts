import { PARTS_ID } from './data-in-page'

/**
 * What the studio is started from, one after the other: read in one piece, a phone would answer to nothing
 * meanwhile. All of it is fetched at once, see `fetchAhead`.
 */
const parts: readonly (() => Promise<unknown>)[] = [
  () => import('../styles'),
  () => import('../i18n/i18n'),
  // What untrusted data is parsed with, which the store brings along.
  () => import('../../techniques/parse-step-config'),
  () => import('../store/store'),
  () => import('react-dom/client'),
  () => import('../commands/page-commands'),
  () => import('../views/opening/first-visit'),
  () => import('../studio-app'),
]

/** Loads the studio behind the first screen, which stands in the page as the build drew it. */
export async function loadStudio(): Promise<void> {
  try {
    await fetchAhead(document)
    for (const load of parts) {
      await load()
      await aTask()
    }
    const { start } = await import('../start')
    start()
  } catch {
    document.documentElement.dataset['early'] = 'failed'
  }
}

/** Lets the browser do what it has to do. */
async function aTask(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve))
}

/** How many files are asked for at a time: each request takes a phone about two milliseconds. */
const AT_A_TIME = 6

/** Asks for all files that the studio starts from, so that none waits for another. */
async function fetchAhead(page: Document): Promise<void> {
  const names: unknown = JSON.parse(page.getElementById(PARTS_ID)?.textContent ?? '[]')
  if (!Array.isArray(names)) return
  for (const [place, name] of names.entries()) {
    if (place > 0 && place % AT_A_TIME === 0) await aTask()
    const link = page.createElement('link')
    link.href = String(name)
    link.rel = link.href.endsWith('.css') ? 'preload' : 'modulepreload'
    if (link.rel === 'preload') {
      link.as = 'style'
      link.crossOrigin = ''
    }
    page.head.append(link)
  }
}
