import { isAnythingKept } from '../keeping/is-anything-kept'
import { earlyPage } from './take-over'

/** What somebody does who is there: a finger on the page, a mouse over it, a key, something that is dragged in. */
const signs = [
  ...(['pointerdown', 'pointermove', 'touchstart', 'wheel', 'scroll'] as const),
  ...(['keydown', 'focusin', 'dragenter'] as const),
]

/**
 * Resolves as soon as somebody is seen to be there, or the page has something to do without them: what its address
 * asks for, what an earlier visit left, what was done with it already, or all of it in a tab that nobody sees.
 */
export async function firstSign(page: Window): Promise<void> {
  const { hash, search } = page.location
  if (page.document.visibilityState === 'hidden' || hash !== '' || search !== '') return
  const acts = earlyPage()?.waiting ?? []
  if (acts.length > 0) return
  const heard = new AbortController()
  const somebody = new Promise<void>((resolve) => {
    const hear = (): void => {
      resolve()
    }
    const options = { capture: true, passive: true, signal: heard.signal }
    for (const sign of signs) page.addEventListener(sign, hear, options)
  })
  if (!(await isAnythingKept())) await somebody
  heard.abort()
}
