import { PARTS_ID } from './data-in-page'

/**
 * What the studio is started from, one after the other: read in one piece, a phone would answer to nothing
 * meanwhile. All of it is fetched at once, see `fetchAhead`.
 */
const parts: readonly (() => Promise<unknown>)[] = [
  () => import('../styles'),
  () => import('../i18n/i18n'),
  () => import('../store/store'),
  () => import('react-dom/client'),
  () => import('../commands/page-commands'),
  () => import('../views/opening/first-visit'),
  () => import('../studio-app'),
]

/** Loads the studio behind the first screen, which stands in the page as the build drew it. */
export async function loadStudio(): Promise<void> {
  try {
    fetchAhead(document)
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

/** Asks for all files that the studio starts from, so that none waits for another. */
function fetchAhead(page: Document): void {
  const names: unknown = JSON.parse(page.getElementById(PARTS_ID)?.textContent ?? '[]')
  if (!Array.isArray(names)) return
  for (const name of names) {
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
