import { writeTabMark } from './tab-mark'
import type { TabMark } from './tab-mark'

let turn = 0

/**
 * Keeps the tab's mark and the address in step: a sample with its settings can be copied from the address bar; a
 * model of one's own is in no address.
 */
export function showInAddress(mark: TabMark | null): void {
  const own = ++turn
  if (mark === null || mark.sampleId === null) {
    replaceHash('')
    writeTabMark(mark === null ? null : { ...mark, hash: '' })
    return
  }
  const { recipe, sampleId } = mark
  writeTabMark({ ...mark, hash: location.hash })
  import('./settings-link')
    .then(({ writeLink }) => writeLink({ recipe, sampleId }))
    .then((hash) => {
      if (own !== turn) return
      replaceHash(hash)
      writeTabMark({ ...mark, hash })
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
