/** What somebody dropped or chose before the studio was there: a file, or where in a folder it is read from. */
export interface EarlyItem {
  readonly file: File | null
  readonly entry: FileSystemEntry | null
}

/** Something that was done with the first screen before the studio was there. */
export type EarlyAct =
  | { readonly kind: 'files'; readonly items: readonly EarlyItem[] }
  /** A button, by the words it is known by. */
  | { readonly kind: 'press'; readonly name: string }

/** What `early-page.js` leaves for the studio. */
export interface EarlyPage {
  readonly waiting: EarlyAct[]
  /** Called after something was added once the studio is there: a file dialog may stay open for long. */
  tell: (() => void) | null
  /** Ends the watch over drops and clicks, which are the studio's own from now on. */
  readonly stop: () => void
}

/** null while developing, where no first screen stands in the page. */
export function earlyPage(): EarlyPage | null {
  return (Reflect.get(globalThis, 'earlyPage') as EarlyPage | undefined) ?? null
}

/**
 * To be called before the studio's first screen takes the place of the one in the page.
 * @returns to be called once it has: puts the focus where it was, and does what was done meanwhile
 */
export function takeOver(root: HTMLElement): () => void {
  const early = earlyPage()
  const { activeElement } = document
  const focused =
    activeElement !== null && root.contains(activeElement) ? nameOf(activeElement) : null
  let done = false
  return () => {
    if (done) return
    done = true
    if (focused !== null) buttonOf(root, focused)?.focus()
    if (early === null) return
    early.stop()
    const doAll = (): void => {
      for (const act of withoutRepeats(early.waiting.splice(0))) redo(root, act)
    }
    early.tell = doAll
    doAll()
  }
}

/** A button that did not seem to answer is pressed again; it is meant once. */
function withoutRepeats(acts: readonly EarlyAct[]): readonly EarlyAct[] {
  const last = acts.findLast(({ kind }) => kind === 'press')
  return acts.filter((act) => act.kind === 'files' || act === last)
}

function redo(root: HTMLElement, act: EarlyAct): void {
  if (act.kind === 'press') {
    buttonOf(root, act.name)?.click()
    return
  }
  const items = act.items.map(({ entry, file }) => ({
    kind: 'file',
    getAsFile: () => file,
    webkitGetAsEntry: () => entry,
  }))
  const files = act.items.flatMap(({ file }) => (file === null ? [] : [file]))
  const event = new Event('drop', { bubbles: true, cancelable: true })
  // As a drop has it, so that the files go the way that all dropped files go.
  Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], items, files } })
  root.querySelector('[data-takes-files]')?.dispatchEvent(event)
}

function buttonOf(root: HTMLElement, name: string): HTMLButtonElement | undefined {
  return Array.from(root.querySelectorAll('button')).find((button) => nameOf(button) === name)
}

function nameOf(element: Element): string {
  return element.getAttribute('aria-label') ?? element.textContent
}
