import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { emit } from './emit.ts'

const BUDGET_BYTES = 250_000

/** What the browser must fetch before the first screen works: the page's script and its static imports. */
function firstLoadScripts(): Set<string> {
  const html = readFileSync('dist/index.html', 'utf8')
  const waiting = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(
    (match) => match[1] ?? '',
  )
  const found = new Set<string>()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue
    found.add(next)
    const code = readFileSync(join('dist', next), 'utf8')
    for (const match of code.matchAll(
      /(?:^|[;\s}])(?:import|export)[^("']*["']\.\/([^"']+\.js)["']/g,
    ))
      waiting.push(`assets/${match[1] ?? ''}`)
  }
  return found
}

const first = firstLoadScripts()
const sizes = readdirSync('dist/assets')
  .filter((file) => /\.(js|css|wasm)$/.test(file))
  .map((file) => {
    const bytes = readFileSync(join('dist/assets', file))
    return {
      file,
      bytes: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      firstLoad: first.has(`assets/${file}`),
    }
  })
  .toSorted((a, b) => b.gzip - a.gzip)
for (const size of sizes) emit('bundle-file', size)
const firstLoadGzip = sizes
  .filter((size) => size.firstLoad)
  .reduce((sum, size) => sum + size.gzip, 0)
emit('bundle-first-load', {
  gzip: firstLoadGzip,
  budget: BUDGET_BYTES,
  withinBudget: firstLoadGzip < BUDGET_BYTES,
})
