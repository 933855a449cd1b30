/** Writes the first screen into the page of a build, so that it is there before any script. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, Rollup } from 'vite'
import { criticalCss, withoutUnusedProperties } from './critical-css.ts'
import { drawPages } from './draw-pages.ts'
import { splitStyles, withFirstScreen } from './page-html.ts'

const folder = 'src/studio/first-screen'

export function firstScreen(): Plugin {
  let root = process.cwd()
  return {
    name: 'first-screen',
    apply: 'build',
    configResolved: (config) => {
      root = config.root
    },
    transformIndexHtml: {
      order: 'post',
      handler: async (page, { bundle }) => {
        if (bundle === undefined) return page
        const read = (path: string): string => readFileSync(join(root, path), 'utf8')
        const { pages: drawn, samples } = await drawPages(
          root,
          JSON.parse(read('public/models/samples.json')),
        )
        const pages = drawn.map((one) => ({ ...one, html: splitStyles(one.html).html }))
        const all = pages.map(({ html }) => html).join('')
        const own = splitStyles(drawn.map(({ html }) => html)[0] ?? '').styles
        const files = filesOfStart(bundle)
        const needed = await criticalCss(files.css, all)
        const styles = withoutUnusedProperties(
          [needed, own, read(`${folder}/early-page.css`)].join('\n'),
          all,
        )
        return withFirstScreen(page, {
          pages,
          styles,
          early: read(`${folder}/early-page.js`),
          show: read(`${folder}/early-show.js`),
          samples,
          parts: files.names,
        })
      },
    },
  }
}

interface StartFiles {
  /** Addresses, as seen from the page. */
  readonly names: readonly string[]
  /** The text of all style sheets. */
  readonly css: string
}

/** What `start.tsx` brings with it. */
function filesOfStart(bundle: Rollup.OutputBundle): StartFiles {
  const chunks = new Map<string, Rollup.OutputChunk>()
  for (const output of Object.values(bundle))
    if (output.type === 'chunk') chunks.set(output.fileName, output)
  const reached = new Set<Rollup.OutputChunk>()
  const reach = (chunk: Rollup.OutputChunk | undefined): void => {
    if (chunk === undefined || reached.has(chunk)) return
    reached.add(chunk)
    for (const name of chunk.imports) reach(chunks.get(name))
  }
  reach(
    [...chunks.values()].find(({ facadeModuleId }) =>
      facadeModuleId?.endsWith('/src/studio/start.tsx'),
    ),
  )
  const sheets = new Set(
    [...reached].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]),
  )
  const css = Array.from(sheets, (name) => {
    const asset = bundle[name]
    return asset?.type === 'asset' ? String(asset.source) : ''
  }).join('\n')
  if (css === '') throw new Error('the build has no style sheet of the first screen')
  const names = [...sheets, ...Array.from(reached, ({ fileName }) => fileName)]
  return { names: names.map((name) => `./${name}`), css }
}
