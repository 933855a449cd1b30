const BUTTONS = 'button, [role=button], a[href], summary'

/**
 * A second click on what has taken a button's place selects no words: some people click twice on
 * everything, and the page moves under the pointer once the first click is answered. Where the
 * first click met text, two clicks select a word as everywhere.
 */
export function selectNothingAfterButtons(page: Document): void {
  let button = false
  page.addEventListener('mousedown', (event) => {
    if (event.detail < 2) {
      button = event.target instanceof Element && event.target.closest(BUTTONS) !== null
    } else if (button) {
      event.preventDefault()
    }
  })
}
