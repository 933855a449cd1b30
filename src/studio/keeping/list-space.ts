/** The room that the list of earlier models takes on the first screen: left free until the list has been read. */

/** early-page.js reads it before anything is drawn. */
const KEY = 'compression-studio.list'

/** Of the list's place on the first screen; early-page.js sets it. */
const PROPERTY = '--list-space'

export interface ListSpace {
  readonly entries: number
  /** CSS pixels. */
  readonly height: number
}

const none: ListSpace = { entries: 0, height: 0 }

/** What was noted on the last visit. */
export function notedSpace(storage: Pick<Storage, 'getItem'>): ListSpace {
  try {
    const [, entries, height] = /^(\d) (\d{1,4})$/.exec(storage.getItem(KEY) ?? '') ?? []
    return entries === undefined ? none : { entries: Number(entries), height: Number(height) }
  } catch {
    // Storage may be forbidden.
    return none
  }
}

/** For the next visit. */
export function noteSpace(
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
  { entries, height }: ListSpace,
): void {
  try {
    if (entries === 0) storage.removeItem(KEY)
    else storage.setItem(KEY, `${entries} ${Math.round(height)}`)
  } catch {
    // Full or forbidden storage only costs the convenience.
  }
}

/** Nothing has to be left free any more: the list is there, or there is none. */
export function endSpace(page: HTMLElement): void {
  page.style.removeProperty(PROPERTY)
}

/**
 * About what a list takes that has not been drawn yet.
 * @param entries how many there are
 * @param width of the window in CSS pixels; on a phone an entry has a second and a third line
 */
export function likelySpace(entries: number, width: number): ListSpace {
  const entry = width < 600 ? 84 : 46
  const height = entries === 0 ? 0 : 116 + entries * entry + (entries - 1) * 8
  return { entries, height }
}
