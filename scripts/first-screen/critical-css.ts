import Beasties from 'beasties'

/** Beasties reads styles from a folder that a build has not written yet. */
class OfText extends Beasties {
  readonly #css: string

  constructor(css: string) {
    super({
      logLevel: 'silent',
      pruneSource: false,
      reduceInlineStyles: false,
      fonts: false,
      // Colours and sizes by name; those that nothing asks for go afterwards.
      allowRules: [/^:root/],
    })
    this.#css = css
  }

  override getCssAsset(): Promise<string> {
    return Promise.resolve(this.#css)
  }
}

/**
 * The rules of a style sheet that apply to some HTML, in either colours.
 * @param css a whole style sheet
 * @param html the content of a body
 */
export async function criticalCss(css: string, html: string): Promise<string> {
  const inBothColours = `<div data-mantine-color-scheme="dark"><div data-mantine-color-scheme="light">${html}</div></div>`
  const page = `<!doctype html><html><head><link rel="stylesheet" href="all.css"></head><body>${inBothColours}</body></html>`
  const done = await new OfText(css).process(page)
  const [, found] = /<style>([^]*?)<\/style>/.exec(done) ?? []
  if (found === undefined) throw new Error('no rule of the style sheet applies to the first screen')
  return found
}

/**
 * CSS without the custom properties that neither it nor the HTML uses, nor any that is used.
 * @param css what may hold such properties
 * @param html whose inline styles may use them
 */
export function withoutUnusedProperties(css: string, html: string): string {
  let now = css
  for (;;) {
    const used = new Set(`${now}${html}`.match(/(?<=var\()\s*--[\w-]+/g))
    const less = now.replace(
      /(?<=[{;\s])(--[\w-]+)\s*:[^;{}]*(?:;|(?=\}))/g,
      (declaration, name: string) => (used.has(name) ? declaration : ''),
    )
    if (less === now) return now
    now = less
  }
}
