/**
 * Saves models with the stock Python converter, opens each file as the page does and compares its numbers with
 * TensorFlow's. Needs a Python with `scripts/writers/requirements.txt`; no test does.
 * Run: `npm run check:writers`; `PYTHON` says which Python, `-- --record` writes docs/writers.md, and
 * `-- --models FOLDER` takes models that are written already.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { version as tfjs } from '@tensorflow/tfjs'
import { format } from 'oxfmt'
import { createEngine } from '../src/engine/engine'
import { nodeEnvironment } from '../src/engine/host/node-environment'
import { readCases } from './writers/cases'
import { tryCase } from './writers/try-case'
import type { Result } from './writers/try-case'
import { lineOf, writersPage } from './writers/writers-page'

const page = 'docs/writers.md'
const { values: options } = parseArgs({
  options: { record: { type: 'boolean', default: false }, models: { type: 'string' } },
})
const own = options.models === undefined ? mkdtempSync(join(tmpdir(), 'studio-writers-')) : null
try {
  const root = options.models ?? write(own ?? '')
  process.exitCode = (await check(root)) ? 0 : 1
} finally {
  if (own !== null) rmSync(own, { recursive: true })
}

function write(root: string): string {
  mkdirSync(root, { recursive: true })
  const python = process.env['PYTHON'] ?? 'python3'
  const { status } = spawnSync(python, ['-B', 'scripts/writers/write_models.py', root], {
    stdio: 'inherit',
  })
  if (status !== 0)
    throw new Error(
      `${python} did not write the models. It needs: pip install --no-deps -r scripts/writers/requirements.txt`,
    )
  return root
}

async function check(root: string): Promise<boolean> {
  const { versions, cases } = readCases(root)
  const engine = createEngine(nodeEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  const results: Result[] = []
  for (const written of cases) {
    const result = await tryCase(engine, written)
    results.push(result)
    console.log(lineOf(result))
  }
  await engine.model.close()
  const right = results.filter(({ outcome }) => outcome === 'runs' || outcome === 'weights').length
  const failed = results.length - right
  console.log(`${results.length} files, ${failed} failed`)
  if (options.record) {
    const facts = { ...versions, Node: process.versions.node, 'TensorFlow.js': tfjs.tfjs }
    const text = writersPage(results, facts, new Date())
    writeFileSync(page, (await format(page, text)).code)
  }
  return failed === 0 && results.length > 0
}
