import type { KeptSession } from './kept-session'

/** Of this tab: whether a model was open in it when it was left. */
const OPEN = 'compression-studio.open'

let turn = 0

/**
 * Keeps the address in step: a sample with its settings can be copied from the address bar; a model of
 * one's own is in no address.
 */
export function showInAddress(session: KeptSession | null): void {
  const own = ++turn
  try {
    if (session === null) sessionStorage.removeItem(OPEN)
    else sessionStorage.setItem(OPEN, 'yes')
  } catch {
    // Forbidden storage only costs the convenience.
  }
  if (session === null || session.sampleId === null) {
    replaceHash('')
    return
  }
  const { recipe, sampleId } = session
  import('./settings-link')
    .then(({ writeLink }) => writeLink({ recipe, sampleId }))
    .then((hash) => {
      if (own === turn) replaceHash(hash)
    })
    // Without its link the page is as useful as before.
    .catch(() => undefined)
}

function replaceHash(hash: string): void {
  if (location.hash !== hash)
    history.replaceState(
      history.state,
      '',
      hash === '' ? location.pathname + location.search : hash,
    )
}

/**
 * Whether this tab was reloaded while a model was open; an address that was typed or followed begins anew.
 * Asked once: a model that ends its tab is not opened again.
 */
export function wasOpenHere(): boolean {
  const isReload = performance
    .getEntriesByType('navigation')
    .some((entry) => 'type' in entry && entry.type === 'reload')
  try {
    const was = sessionStorage.getItem(OPEN) !== null
    sessionStorage.removeItem(OPEN)
    return was && isReload
  } catch {
    return false
  }
}
