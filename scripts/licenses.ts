/** The texts of the licences of everything that a build bundles: most ask to go wherever the libraries go. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Plugin, Rollup } from 'vite'

interface Package {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/** The folder of the package that a module belongs to, wherever it lies among others. */
const ofPackage = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+(?=[/\\])/

/**
 * What was bundled, as a text with one part for each package.
 * @param modules paths; those outside node_modules are the studio's own
 */
export function licenceTexts(modules: Iterable<string>): string {
  const folders = new Set<string>()
  for (const id of modules) {
    const [folder] = ofPackage.exec(id.replace(/^\0+/, '')) ?? []
    if (folder !== undefined && existsSync(join(folder, 'package.json'))) folders.add(folder)
  }
  const parts = new Map<string, string>()
  for (const folder of folders) {
    const {
      license = '',
      name,
      version,
    } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package
    parts.set(
      `${name} ${version}`,
      `## ${name} ${version}: ${license}\n\n${textOf(folder, license)}`,
    )
  }
  const sorted = [...parts].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `# Licences of the libraries in this build\n\n${sorted.map(([, part]) => part).join('\n')}`
}

/** Some say which licence it is and do not bring its text; that of Apache-2.0 is the studio's own as well. */
function textOf(folder: string, license: string): string {
  const files = readdirSync(folder).filter((entry) => /^(?:licen[cs]e|notice|copying)/i.test(entry))
  const texts = files.map((entry) => readFileSync(join(folder, entry), 'utf8').trim())
  if (files.length === 0 && license.startsWith('Apache-2.0'))
    texts.push(readFileSync('LICENSE', 'utf8').trim())
  // As its repository has it.
  if (files.length === 0 && folder.endsWith('onnxruntime-web'))
    texts.push(readFileSync('scripts/licence-of-onnxruntime.txt', 'utf8').trim())
  return texts.map((text) => `${text}\n`).join('\n')
}

/** Plugins that write `licenses.md` into a build: the page's own, and one for its workers. */
export function licensePlugins(): { readonly page: () => Plugin; readonly worker: () => Plugin } {
  // The service worker is built after everything else, of this library alone.
  const modules = new Set<string>([resolve('node_modules/serwist/dist/index.mjs')])
  const collect = (bundle: Rollup.OutputBundle): void => {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk') for (const id of chunk.moduleIds) modules.add(id)
  }
  return {
    worker: () => ({
      name: 'collect-licenses',
      generateBundle: (_, bundle) => {
        collect(bundle)
      },
    }),
    page: () => ({
      name: 'write-licenses',
      // Workers are built before what names them.
      generateBundle(_, bundle) {
        collect(bundle)
        this.emitFile({ type: 'asset', fileName: 'licenses.md', source: licenceTexts(modules) })
      },
    }),
  }
}
