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

/**
 * Loads the studio behind the first screen, which stands in the page as the build drew it: its files after the
 * pictures of that screen, and what is in them once it is wanted or nothing has happened for a while.
 * @param wanted see `firstSign`: then nothing is waited for
 * @param patienceMs how long somebody is waited for once the files are there
 */
export async function loadStudio(wanted: Promise<void>, patienceMs = 3000): Promise<void> {
  try {
    await Promise.race([wanted, pageLoaded(window)])
    const fetched = fetchAhead(document)
    await Promise.race([wanted, fetched.then(() => aTask(patienceMs))])
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

/** All that stands in the page has come. */
async function pageLoaded(page: Window): Promise<void> {
  if (page.document.readyState === 'complete') return
  await new Promise((resolve) => {
    page.addEventListener('load', resolve, { once: true })
  })
}

/** Lets the browser do what it has to do. @param ms at least so long */
async function aTask(ms = 0): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

/** How many files are asked for at a time: each request takes a phone about two milliseconds. */
const AT_A_TIME = 6

/** Asks for all files that the studio starts from, so that none waits for another, until each has come or failed. */
async function fetchAhead(page: Document): Promise<void> {
  const names: unknown = JSON.parse(page.getElementById(PARTS_ID)?.textContent ?? '[]')
  if (!Array.isArray(names)) return
  const coming: Promise<unknown>[] = []
  for (const [place, name] of names.entries()) {
    if (place > 0 && place % AT_A_TIME === 0) await aTask()
    const link = page.createElement('link')
    link.href = String(name)
    link.rel = link.href.endsWith('.css') ? 'preload' : 'modulepreload'
    if (link.rel === 'preload') {
      link.as = 'style'
      link.crossOrigin = ''
    }
    coming.push(
      new Promise((resolve) => {
        // One that fails is asked for again by what needs it, which says so.
        link.onload = link.onerror = resolve
      }),
    )
    page.head.append(link)
  }
  await Promise.all(coming)
}
